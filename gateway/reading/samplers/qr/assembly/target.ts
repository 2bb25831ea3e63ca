import { ALL, SEEN, SOME } from './desk';
import { likeness } from './look';

/** The picture that symbols are fitted in, and whether they are light on dark (-1). */
export let from: usize = 0;
export let w: i32 = 0;
export let h: i32 = 0;
let sign: f64 = 1;
/** Modules along a side of what is fitted. */
export let size: i32 = 0;
let allCount: i32 = 0;
let allPower: f32 = 0;
let someCount: i32 = 0;
let somePower: f32 = 0;

export function fitIn(at: usize, width: i32, height: i32, way: f64): void {
  from = at;
  w = width;
  h = height;
  sign = way;
}

/** What is fitted: all modules that are known lie at ALL, and at SOME those that are enough. */
export function fitTo(modules: i32, all: i32, powerOfAll: f32, some: i32, powerOfSome: f32): void {
  size = modules;
  allCount = all;
  allPower = powerOfAll;
  someCount = some;
  somePower = powerOfSome;
}

/** How like what they have to be all known modules are as the warp stands. */
export function likeAll(): f64 {
  return sign * <f64>likeness(ALL, SEEN, allCount, allPower, from, w, h);
}

/** ... and some of them. */
export function likeSome(): f64 {
  return sign * <f64>likeness(SOME, SEEN, someCount, somePower, from, w, h);
}
