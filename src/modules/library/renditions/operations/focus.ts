import { unsupported } from '../renditions.problem.ts';

/** What `fo` may name besides a place. Pure. */

/** The 80 classes of COCO, as clients write them. Nothing here finds them (ADR 0307). */
const OBJECTS: ReadonlySet<string> = new Set(
  `person bicycle car motorcycle airplane bus train truck boat trafficLight fireHydrant stopSign parkingMeter bench bird cat dog horse sheep cow
   elephant bear zebra giraffe backpack umbrella handbag tie suitcase frisbee skis snowboard sportsBall kite baseballBat baseballGlove skateboard
   surfboard tennisRacket bottle wineGlass cup fork knife spoon bowl banana apple sandwich orange broccoli carrot hotDog pizza donut cake chair
   couch pottedPlant bed diningTable toilet tv laptop mouse remote keyboard cellPhone microwave oven toaster sink refrigerator book clock vase
   scissors teddyBear hairDrier toothbrush`.split(/\s+/),
);
const INTERESTING: ReadonlySet<string> = new Set(['auto', 'face', 'auto-custom_override']);

/**
 * Whether the text asks for the part that draws attention; false = it means nothing.
 * @throws TransformationError EUNSUPPORTED (422) for objects: to cut around something else would be a wrong picture
 */
export function asksAttention(text: string): boolean {
  if (INTERESTING.has(text)) return true;
  const named = text.split('_');
  const object = named.find((each) => OBJECTS.has(each));
  if (object && named.every((each) => OBJECTS.has(each) || each === 'face')) throw unsupported(`fo-${object}`, 422);
  return false;
}

/** Whether `fo` named what is looked for with a detector, and attention stands in for. */
export const wantsFace = (fo: string | undefined): boolean => fo === 'face';
