// Tables of the V-JEPA paper, to be cited beside what a run here reaches and never mixed with it. Numbers that the paper's
// own tables give in two ways are left out (null) and said to be.

export interface PaperTable {
  id: string;
  /** as the paper counts them */
  number: string;
  title: string;
  /** how the numbers were made */
  protocol: string;
  source: string;
  /** columns under a common head; `counts` are whole numbers, all others have one decimal */
  columns: { head: string; names: string[]; counts?: true }[];
  rows: PaperRow[];
  /** what one must know to read it */
  remarks: string[];
}

export interface PaperRow {
  name: string;
  /** V-JEPA as the paper proposes it, or what it is compared with */
  own: boolean;
  /** null: not given, or given in two ways */
  values: (number | null)[];
  /** standard deviations of the values, where the table has them */
  deviations?: number[];
}

const source = (tables: string): string =>
  `Bardes et al. 2024, Revisiting feature prediction for learning visual representations from video, arXiv 2404.08471, ${tables}`;

/** Names of data sets that the columns shorten. */
export const paperDataSets: readonly { short: string; name: string }[] = [
  { short: 'K400', name: 'Kinetics-400, actions' },
  { short: 'SSv2', name: 'Something-Something v2, motion' },
  { short: 'AVA', name: 'Atomic Visual Actions, detection' },
  { short: 'IN1K', name: 'ImageNet-1K' },
  { short: 'Places', name: 'Places205' },
  { short: 'iNat', name: 'iNaturalist 2021' },
];

const row = (own: boolean, name: string, ...values: (number | null)[]): PaperRow => ({ own, name, values });

/** Mean and deviation in turn. */
const spread = (own: boolean, name: string, ...pairs: [number, number][]): PaperRow => ({
  own,
  name,
  values: pairs.map(([value]) => value),
  deviations: pairs.map(([, deviation]) => deviation),
});

const imageNetRemark =
  'The 77.9 % on ImageNet that articles about V-JEPA quote was reached with an attentive probe of two layers, which they do not say. With one layer, as in this table, it is 77.4 %.';

const frozen =
  'Frozen encoder, attentive probe. K400 from 8 clips of 16 frames and 3 crops, SSv2 from 2 clips and 3 crops; accuracy in %, AVA in mAP.';

export const paperTables: readonly PaperTable[] = [
  {
    id: 'targets',
    number: 'Table 1',
    title: 'Predicting features or pixels',
    protocol:
      'ViT-L/16, VideoMix2M, 90 000 steps of 3072 clips, multi-block masks. Frozen encoder with attentive probe on one view; last column fine-tuned. Accuracy in %.',
    source: source('table 1'),
    columns: [
      { head: 'Frozen', names: ['K400', 'SSv2', 'IN1K'] },
      { head: 'Fine-tuned', names: ['K400'] },
    ],
    rows: [row(false, 'Pixels', 68.6, 66.0, 73.3, 85.4), row(true, 'Features', 73.7, 66.2, 74.8, 85.6)],
    remarks: [
      'The gap is large for appearance (K400, 5.1 points) and next to nothing for motion (SSv2) and after fine-tuning, 0.2 points each.',
    ],
  },
  {
    id: 'mix',
    number: 'Table 2',
    title: 'Which videos are trained on',
    protocol:
      'Frozen encoder with attentive probe on one view. Accuracy in %; the last column is the average of the three.',
    source: source('table 2'),
    columns: [
      { head: 'Pre-training', names: ['thousand videos'], counts: true },
      { head: 'Frozen', names: ['K400', 'SSv2', 'IN1K', 'average'] },
    ],
    rows: [
      row(false, 'ViT-L/16, K710', 700, 75.8, 63.2, 73.7, 70.9),
      row(false, 'ViT-L/16, K710 and SSv2', 900, 72.9, 67.4, 72.8, 71.0),
      row(false, 'ViT-L/16, K710 and HowTo100M', 1900, 74.5, 64.2, 74.8, 71.1),
      row(true, 'ViT-L/16, VideoMix2M', 2000, 73.7, 66.2, 74.8, 71.5),
      row(false, 'ViT-H/16, K710 and SSv2', 900, 75.7, 66.8, 73.7, 72.0),
      row(true, 'ViT-H/16, VideoMix2M', 2000, 74.0, 68.5, 75.9, 72.8),
    ],
    remarks: [
      'The average grows with the number of videos; with ViT-L/16, K400 is best after K710 alone, and SSv2 after K710 and SSv2.',
      'K710 is Kinetics-710; VideoMix2M holds it, SSv2 and HowTo100M. Averages are the paper’s own, some of them cut instead of rounded.',
    ],
  },
  {
    id: 'pooling',
    number: 'Tables 3 and 12',
    title: 'Average or attentive pooling',
    protocol:
      'Frozen ViT-L/16; a linear probe on the average of all tokens, or an attentive probe with one learned query. Accuracy in %.',
    source: source('tables 3 and 12'),
    columns: [
      { head: 'K400', names: ['average', 'attentive'] },
      { head: 'SSv2', names: ['average', 'attentive'] },
    ],
    rows: [
      row(true, 'V-JEPA, one clip (table 3)', 56.7, 73.7, 50.1, 66.2),
      row(true, 'V-JEPA, several clips (table 12)', 56.7, 80.8, 50.1, 69.5),
      row(false, 'VideoMAE, several clips (table 12)', 52.5, 77.8, 41.3, null),
    ],
    remarks: [
      'Table 12 repeats the averages that table 3 gives for one clip.',
      'Left out: VideoMAE on SSv2 with the attentive probe, which tables 5 and 12 give differently.',
    ],
  },
  {
    id: 'masking',
    number: 'Table 4',
    title: 'What is masked',
    protocol: 'ViT-L/16, pre-trained on K710 and SSv2. Frozen encoder, attentive probe. Accuracy in %.',
    source: source('table 4'),
    columns: [{ head: 'Frozen', names: ['K400', 'SSv2', 'IN1K'] }],
    rows: [
      row(false, 'Random tube, 90 %', 51.5, 46.4, 55.6),
      row(false, 'Causal multi-block, first 6 frames', 61.3, 49.8, 66.9),
      row(false, 'Causal multi-block, first 12 frames', 71.9, 63.6, 72.2),
      row(true, 'Multi-block', 72.9, 67.4, 72.8),
    ],
    remarks: [],
  },
  {
    id: 'pixels',
    number: 'Table 5',
    title: 'Beside models that predict pixels',
    protocol: `${frozen} ViT-L/16, or Hiera-L.`,
    source: source('table 5'),
    columns: [
      { head: 'Pre-training', names: ['million samples', 'thousand steps'], counts: true },
      { head: 'Frozen', names: ['K400', 'SSv2', 'AVA', 'IN1K', 'Places', 'iNat'] },
      { head: 'Fine-tuned', names: ['K400', 'SSv2'] },
    ],
    rows: [
      row(false, 'OmniMAE', 2400, 1170, 65.6, 60.6, 14.4, 75.1, 59.8, 66.1, 84.0, 74.2),
      row(false, 'VideoMAE', 410, 400, 77.8, 65.5, 21.6, 71.1, 59.3, 64.6, 85.4, 74.3),
      row(false, 'Hiera', 770, 500, null, 64.2, 15.8, 68.9, null, 56.9, 87.3, 75.1),
      row(true, 'V-JEPA', 270, 90, 80.8, 69.5, 25.6, 74.8, 60.3, 67.8, 85.6, 75.1),
    ],
    remarks: ['Left out: Hiera on K400 and Places, frozen, which could not be read with certainty.'],
  },
  {
    id: 'state-of-the-art',
    number: 'Table 6',
    title: 'Beside the best models of images and videos',
    protocol: frozen,
    source: source('table 6'),
    columns: [{ head: 'Frozen', names: ['K400', 'SSv2', 'AVA', 'IN1K', 'Places', 'iNat'] }],
    rows: [
      row(false, 'I-JEPA ViT-H/16, 512 px', 79.7, 50.0, 19.8, 84.4, 66.5, 85.7),
      row(false, 'OpenCLIP ViT-G/14', 81.8, 34.8, 23.2, 85.3, 70.2, 83.6),
      row(false, 'DINOv2 ViT-g/14', 83.4, 50.6, 24.3, 86.2, 68.4, 88.8),
      row(false, 'MVD ViT-L', 79.4, 66.5, 19.7, 73.3, 59.4, 65.7),
      row(false, 'OmniMAE ViT-H', 71.4, 65.4, 16.0, 76.3, 60.6, 72.4),
      row(false, 'VideoMAE ViT-H', 79.8, 66.2, 20.7, 72.3, 59.1, 65.5),
      row(false, 'VideoMAEv2 ViT-g', 71.2, 61.2, 12.9, 71.4, 60.6, 68.3),
      row(false, 'Hiera-H', 77.0, 64.7, 17.5, 71.4, 59.5, 61.7),
      row(true, 'V-JEPA ViT-L/16', 80.8, 69.5, 25.6, 74.8, 60.3, 67.8),
      row(true, 'V-JEPA ViT-H/16', 82.0, 71.4, 25.8, 75.9, 61.7, 67.9),
      row(true, 'V-JEPA ViT-H/16, 384 px', 81.9, 72.2, 25.0, 77.4, 62.8, 72.6),
    ],
    remarks: [imageNetRemark],
  },
  {
    id: 'few-labels',
    number: 'Table 7',
    title: 'Few labels',
    protocol:
      'Frozen encoder, attentive probe, trained on a share of the labels (K400 about 29, 58 and 287 videos of each class, SSv2 48, 96 and 440). Accuracy in %, mean ± standard deviation over 3 random splits.',
    source: source('table 7'),
    columns: [
      { head: 'K400', names: ['5 %', '10 %', '50 %'] },
      { head: 'SSv2', names: ['5 %', '10 %', '50 %'] },
    ],
    rows: [
      spread(false, 'MVD ViT-L', [62.6, 0.2], [68.3, 0.2], [77.2, 0.3], [42.9, 0.8], [49.5, 0.6], [61.0, 0.2]),
      spread(false, 'VideoMAE ViT-H', [62.3, 0.3], [68.5, 0.2], [78.2, 0.1], [41.4, 0.8], [48.1, 0.2], [60.5, 0.4]),
      spread(false, 'VideoMAEv2 ViT-g', [37.0, 0.3], [48.8, 0.4], [67.8, 0.1], [28.0, 1.0], [37.3, 0.3], [54.0, 0.3]),
      spread(true, 'V-JEPA ViT-H/16', [67.0, 0.2], [72.1, 0.1], [80.2, 0.2], [51.9, 0.3], [57.5, 0.4], [67.3, 0.2]),
      spread(
        true,
        'V-JEPA ViT-H/16, 384 px',
        [68.2, 0.2],
        [72.8, 0.2],
        [80.6, 0.2],
        [54.0, 0.2],
        [59.3, 0.5],
        [67.9, 0.2],
      ),
    ],
    remarks: [],
  },
  {
    id: 'fine-tuning',
    number: 'Table 15',
    title: 'Fine-tuned end to end',
    protocol: 'All weights trained on the labels of the task. Accuracy in %.',
    source: source('table 15'),
    columns: [{ head: 'Fine-tuned', names: ['K400', 'SSv2'] }],
    rows: [
      row(false, 'VideoMAE ViT-L', 85.4, 74.3),
      row(false, 'VideoMAE ViT-H', 86.6, 74.8),
      row(false, 'VideoMAEv2 ViT-H', 86.9, 76.8),
      row(false, 'MVD ViT-L', 86.4, 76.7),
      row(false, 'MVD ViT-H', 87.2, 77.3),
      row(true, 'V-JEPA ViT-L/16', 85.6, 75.1),
      row(true, 'V-JEPA ViT-H/16', 86.6, 77.0),
    ],
    remarks: [],
  },
];
