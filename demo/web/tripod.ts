/** A turnstile's three arms seen from the lane, as points to draw a line to from the hub. */
export interface Arm {
  /** Offset from the hub in units of the arm's length; x to the right, y down. */
  readonly x: number;
  readonly y: number;
  /** Towards the one who looks; nearer arms are drawn last and thicker. */
  readonly z: number;
}

type Vector = readonly [number, number, number];

/** The hub leans half down into the lane, so that one arm lies across it and two hang. */
const AXIS: Vector = [-Math.SQRT1_2, Math.SQRT1_2, 0];
const ACROSS: Vector = [-1, 0, 0];
const HANGING: Vector = [-0.12, 0.99, 0.1];

/**
 * @param turn degrees the hub has turned; a third of a circle brings the next arm across
 * @param dropped 0 to 1: how far the arm across has fallen down, as it does for fire
 */
export function tripodArms(turn: number, dropped = 0): Arm[] {
  const arms = [0, 120, 240].map((at) => {
    const held = aroundAxis(ACROSS, ((turn + at) * Math.PI) / 180);
    return mix(held, HANGING, dropped);
  });
  return arms.map(([x, y, z]) => ({ x, y, z })).sort((a, b) => a.z - b.z);
}

/** Rodrigues' rotation about the hub's axis. */
function aroundAxis(vector: Vector, angle: number): Vector {
  const dot = AXIS[0] * vector[0] + AXIS[1] * vector[1] + AXIS[2] * vector[2];
  const cross: Vector = [
    AXIS[1] * vector[2] - AXIS[2] * vector[1],
    AXIS[2] * vector[0] - AXIS[0] * vector[2],
    AXIS[0] * vector[1] - AXIS[1] * vector[0],
  ];
  const along = (i: 0 | 1 | 2) =>
    vector[i] * Math.cos(angle) +
    cross[i] * Math.sin(angle) +
    AXIS[i] * dot * (1 - Math.cos(angle));
  return [along(0), along(1), along(2)];
}

function mix(a: Vector, b: Vector, share: number): Vector {
  const at = (i: 0 | 1 | 2) => a[i] * (1 - share) + b[i] * share;
  return [at(0), at(1), at(2)];
}
