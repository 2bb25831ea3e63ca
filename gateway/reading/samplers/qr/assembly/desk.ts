/** Where things lie in memory, in bytes; the compiler keeps nothing in it. */

/** What is fitted: ten f64, see fit.ts. */
export const POSTS: usize = 1_024;
/** Where modules are: eleven f64. */
export const WARP: usize = 1_152;
/** Cosine and sine of the turns at which a finder is begun: f32. */
export const TURNS: usize = 1_280;
/** How many lines show each noise of a quarter of a level: i32. */
export const BINS: usize = 2_048;
/** Known modules of a finder, of a version, and some of these: their u, v and weights, f32. */
export const FINDER: usize = 4_096;
export const ALL: usize = 8_192;
export const SOME: usize = 16_384;
/** What was seen at the known modules: f32. */
export const SEEN: usize = 20_480;
/** Places that look like finders, and what they are when they were fitted: eight f32 each. */
export const SPOTS: usize = 24_576;
/** A line of a picture (i16), its edges (f32), and sums of each eight of its samples (i32). */
export const LINE: usize = 32_768;
export const EDGES: usize = 65_536;
export const EIGHTS: usize = 114_688;
/** Crossings of one finder by level lines, and by upright ones: eight f32 each. */
export const LEVEL: usize = 131_072;
export const UPRIGHT: usize = 196_608;
/** All modules of a symbol and one more on each side: u, v, what is seen there, its sums. */
export const MIDDLES_U: usize = 262_144;
export const MIDDLES_V: usize = 327_680;
export const RAW: usize = 393_216;
export const SHARP: usize = 458_752;
export const SUMS: usize = 524_288;
export const SQUARES: usize = 655_360;
/** From here on pictures. */
export const PICTURES: usize = 1_048_576;

/** Edges and samples of a line at most. */
export const LINE_MOST: i32 = 12_000;
/** Clusters of crossings, each way, at most. */
export const CLUSTERS_MOST: i32 = 2_000;
export const CLUSTER_BYTES: usize = 32;
export const SPOT_BYTES: usize = 32;
export const SPOTS_MOST: i32 = 64;
