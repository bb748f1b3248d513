// Saves the charts beside it as one picture.

import { Download } from 'lucide-react';
import { attempt } from '../store/save-picture.ts';
import './save-picture.css';

interface Props {
  /** what the picture shows */
  of: string;
  save: () => Promise<void>;
}

export const SavePicture = ({ of, save }: Props) => (
  <button
    type="button"
    className="icon save-picture"
    aria-label={`Save ${of} as a picture`}
    title="Save picture, PNG"
    onClick={() => void attempt(save)}
  >
    <Download size={16} aria-hidden="true" />
  </button>
);
