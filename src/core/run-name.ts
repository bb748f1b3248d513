// A name that can be remembered and said, drawn from the id of a run: the same id is the same name on every device.

import { integer, makeKey } from './random.ts';

const manners = (
  'amber bold brave breezy bright brisk calm candid cheery clear clever cosy crisp curious dapper daring ' +
  'deft eager early easy fair fleet fond frank fresh gentle glad golden grand handy hardy hazel ' +
  'honest humble ivory jolly keen kind lively loyal lucky mellow merry mild neat nimble noble patient ' +
  'plucky polite proud quick quiet rapid ready silver sleek snowy steady sunny tidy warm wise witty'
).split(' ');

const animals = (
  'badger beaver bison bittern bobcat bunting camel caribou condor coyote crane curlew dingo dolphin dormouse dunlin ' +
  'eagle egret ermine falcon ferret finch gannet gecko gibbon hare heron hoopoe ibex ibis jackdaw jay ' +
  'kestrel kite koala lapwing lark lemur linnet llama lynx magpie marmot marten mole narwhal newt ocelot ' +
  'orca otter owl panda petrel plover puffin quail raven robin seal shrew stoat tapir walrus wren'
).split(' ');

/** "brave-otter" */
export function runName(runId: string): string {
  const key = makeKey(0, runId);
  return `${manners[integer(key, 0, 0, manners.length)]}-${animals[integer(key, 0, 1, animals.length)]}`;
}

/** What a run is called: as the user wrote it, otherwise the name drawn from its id. */
export const calledRun = (runId: string, written: string): string => written || runName(runId);
