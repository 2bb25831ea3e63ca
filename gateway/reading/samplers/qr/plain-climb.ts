/** Figures that are fitted, and how good they are. */
export interface Scored {
  readonly figures: readonly number[];
  readonly score: number;
}

export type ScoreOf = (figures: readonly number[]) => number;

/** Moves each figure once by what it may, one way or else the other, where that is better. */
export function movedOnce(start: Scored, moves: readonly number[], scoreOf: ScoreOf): Scored {
  let best = start;
  for (const [k, move] of moves.entries()) {
    if (move === 0) continue;
    const known = best;
    for (const by of [move, -move]) {
      const figures = known.figures.with(k, known.figures[k]! + by);
      const score = scoreOf(figures);
      if (score <= known.score) continue;
      best = { figures, score };
      break;
    }
  }
  return best;
}

/** The rounds of a fit: steps get shorter, and much so after one that was in vain. */
export function climbed(
  figures: readonly number[],
  steps: { readonly first: number; readonly last: number; readonly rounds: number },
  movesOf: (step: number) => readonly number[],
  scoreOf: ScoreOf,
): Scored {
  let best: Scored = { figures, score: scoreOf(figures) };
  let step = steps.first;
  for (let round = 0; round < steps.rounds; round++) {
    const before = best.score;
    best = movedOnce(best, movesOf(step), scoreOf);
    step *= best.score > before ? 0.85 : 0.5;
    if (step < steps.last) break;
  }
  return best;
}
