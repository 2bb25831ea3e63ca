/** Where things lie in memory, in bytes, beside what ../../qr/assembly/desk.ts has; see there. */

/** Cosine and sine of all directions, once around: f64. */
export const WAYS: usize = 2_048;
/** By the shorter side of a step as 64ths of the longer one: how many directions it turns by. */
export const SLOPES: usize = 4_096;
/** How many places of a picture are so steep: i32. */
export const STEEPNESS: usize = 4_608;
/** By direction where places of the next one begin among those in order: i32. */
export const FIRSTS: usize = 6_656;
/** Straight edges, the longest first: eight f64 each. */
export const SIDES: usize = 24_576;
/** Places among the votes that most edges agree on: two i32 each. */
export const PEAKS: usize = 53_248;
/** Sides that meet: how long both are, and which they are, i32. */
export const PAIRS: usize = 57_344;
/** How far two sides go on from where they meet: f64. */
export const UPS: usize = 58_880;
export const RIGHTS: usize = 58_944;
/** By size how like it the nearer halves of two sides are, and where: f32, two i32. */
export const HALVES: usize = 59_392;
/** What four sides make, the likeliest first: 16 f64 each. */
export const QUADS: usize = 32_768;
/** What two solid sides make, that is worth being tried: as at QUADS. */
export const BEGUN: usize = 40_960;
/** Places on edges: x, y from the middle of the picture, and the direction to the lighter side. */
export const PLACES: usize = 65_536;
/** Which edges agree, by direction and distance from the middle: u16. */
export const VOTES: usize = 131_072;
/** Places on edges in the order of their directions. */
export const SORTED: usize = 262_144;
/** Squares of how steep a picture is: i32. */
export const SLOPE: usize = 393_216;
/** By straight edge, whether there is a place on it at each pixel along it: u8. */
export const RUNS: usize = 393_216;
/** Where tables of known modules are, how many each has, and their power: of solid sides, */
export const SOLID_TABLE: i32 = 0;
/** ... of all sides, */
export const SIDES_TABLE: i32 = 1;
/** ... of the far sides of each size, then of their nearer halves. */
export const FIRST_TABLE: i32 = 2;
export const TABLES: usize = 786_432;

export const DIRECTIONS: i32 = 128;
/** Distances from the middle that are told apart, both ways. */
export const DISTANCES: i32 = 448;
export const PLACES_MOST: i32 = 4_096;
export const PLACE_BYTES: usize = 12;
export const SIDES_MOST: i32 = 32;
export const SIDE_BYTES: usize = 64;
export const PEAKS_MOST: i32 = 400;
export const PEAK_BYTES: usize = 8;
export const QUAD_BYTES: usize = 128;
export const TABLE_BYTES: usize = 16;
export const PAIRS_MOST: i32 = 60;
export const PAIR_BYTES: usize = 16;
/** Pixels along a straight edge, and the middle of the picture among them. */
export const RUN_MOST: i32 = 448;
export const RUN_MIDDLE: i32 = 224;
export const BEGUN_MOST: i32 = 8;
