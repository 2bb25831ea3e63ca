import type { TwingBaseNode, TwingSynchronousEnvironment } from 'twing';
import { createSource } from 'twing';
import {
  ALLOWED_FILTERS,
  ALLOWED_NODES,
  ALLOWED_TAGS,
  ALLOWED_TESTS,
  REFUSED_NAMES,
} from './allowed.ts';
import type { Use } from './job.ts';

/** A template that is not taken. */
export class Refusal extends Error {
  readonly line: number;
  readonly column: number;
  constructor(message: string, at: { line: number; column: number }) {
    super(message);
    this.line = at.line;
    this.column = at.column;
  }
}

/** Paths that variables of the template stand for; `undefined` for values of its own. */
type Scope = ReadonlyMap<string, string | undefined>;

const LOOP = new Map<string, undefined>([['loop', undefined]]);

/**
 * Reads a template without running it and gives what it names.
 * @throws Refusal for what is not allowed; TwingError for what cannot be read
 */
export function inspect(environment: TwingSynchronousEnvironment, source: string): Use[] {
  checkTags(environment, source);
  const root = environment.parse(environment.tokenize(createSource('template', source)));
  const uses: Use[] = [];
  visit(root, new Map(), uses);
  return uses;
}

/** Some tags leave no trace in the parsed template (`autoescape`), so they are read before. */
function checkTags(environment: TwingSynchronousEnvironment, source: string): void {
  const stream = environment.tokenize(createSource('template', source));
  while (!stream.isEOF()) {
    const token = stream.next();
    if (token.type !== 'TAG_START') continue;
    const tag = stream.current;
    if (!ALLOWED_TAGS.includes(String(tag.value))) {
      throw new Refusal(`the tag "${tag.value}" is not allowed`, tag);
    }
  }
}

function visit(node: TwingBaseNode, scope: Scope, uses: Use[]): void {
  checkNode(node);
  if (node.type === 'name' || node.type === 'attribute_accessor') {
    const path = pathOf(node, scope);
    if (path !== undefined) uses.push({ path, line: node.line });
    if (node.type === 'attribute_accessor') visitInner(node, scope, uses, path !== undefined);
    return;
  }
  if (node.type === 'for') visitLoop(node, scope, uses);
  else visitAll(Object.values(node.children), scope, uses);
}

/** In order, since a `set` counts for what follows it. */
function visitAll(nodes: readonly TwingBaseNode[], scope: Scope, uses: Use[]): void {
  let inner = scope;
  for (const node of nodes) {
    visit(node, inner, uses);
    if (node.type === 'set') inner = afterSet(node, inner);
  }
}

/** What stands inside of `[…]`; the target too where the whole leads nowhere known. */
function visitInner(node: TwingBaseNode, scope: Scope, uses: Use[], known: boolean): void {
  const { target, attribute, arguments: given } = node.children;
  if (!known && target) visit(target, scope, uses);
  else if (target) checkBelow(target);
  visitAll(
    [attribute, given].filter((child) => child !== undefined),
    scope,
    uses,
  );
}

function checkBelow(node: TwingBaseNode): void {
  checkNode(node);
  for (const child of Object.values(node.children)) checkBelow(child);
}

function visitLoop(node: TwingBaseNode, scope: Scope, uses: Use[]): void {
  const { keyTarget, valueTarget, sequence, body, else: otherwise } = node.children;
  if (!sequence || !body || !valueTarget || !keyTarget) return;
  visit(sequence, scope, uses);
  const over = pathOf(sequence, scope);
  const inner = new Map([
    ...scope,
    ...LOOP,
    [nameOf(keyTarget), undefined],
    [nameOf(valueTarget), over === undefined ? undefined : `${over}[]`],
  ] as [string, string | undefined][]);
  visit(body, inner, uses);
  if (otherwise) visit(otherwise, scope, uses);
}

function afterSet(node: TwingBaseNode, scope: Scope): Scope {
  const names = Object.values(node.children.names?.children ?? {});
  const values = Object.values(node.children.values?.children ?? {});
  const next = new Map(scope);
  names.forEach((name, place) => {
    const value = values[place];
    next.set(nameOf(name), value && pathOf(value, scope));
  });
  return next;
}

/** Where an expression leads from the root of the data, if it can be told without running it. */
function pathOf(node: TwingBaseNode, scope: Scope): string | undefined {
  if (node.type === 'name') {
    const name = nameOf(node);
    return scope.has(name) ? scope.get(name) : name;
  }
  if (node.type === 'check_to_string' && node.children.value) {
    return pathOf(node.children.value, scope);
  }
  const { target, attribute, operand } = node.children;
  if (node.type === 'filter' && operand) {
    const over = pathOf(operand, scope);
    const { operatorName } = node.attributes as { operatorName: string };
    if (over === undefined) return undefined;
    if (operatorName === 'slice') return over;
    return operatorName === 'first' || operatorName === 'last' ? `${over}[]` : undefined;
  }
  if (node.type !== 'attribute_accessor' || !target || !attribute) return undefined;
  const over = pathOf(target, scope);
  if (over === undefined || attribute.type !== 'constant') return undefined;
  const { value } = attribute.attributes as { value: unknown };
  return typeof value === 'number' ? `${over}[]` : `${over}.${String(value)}`;
}

function nameOf(node: TwingBaseNode): string {
  return (node.attributes as { name: string }).name;
}

function checkNode(node: TwingBaseNode): void {
  if (!ALLOWED_NODES.includes(node.type)) {
    const { operatorName } = node.attributes as { operatorName?: string };
    const called = operatorName === undefined ? '' : ` "${operatorName}"`;
    throw new Refusal(`${String(node.type).replaceAll('_', ' ')}${called} is not allowed`, node);
  }
  const { operatorName, name, type } = node.attributes as Record<string, string>;
  if (node.type === 'filter' && !ALLOWED_FILTERS.includes(operatorName ?? '')) {
    throw new Refusal(`the filter "${operatorName}" is not allowed`, node);
  }
  if (node.type === 'test' && !ALLOWED_TESTS.includes(operatorName ?? '')) {
    throw new Refusal(`the test "${operatorName}" is not allowed`, node);
  }
  if (node.type === 'name' && REFUSED_NAMES.includes(name ?? '')) {
    throw new Refusal(`"${name}" is not allowed`, node);
  }
  if (node.type === 'attribute_accessor' && type === 'method') {
    throw new Refusal('a call with brackets is not allowed; write it without', node);
  }
}
