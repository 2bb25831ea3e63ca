/** What a template may use. All else is refused when it is read, and again when it runs. */

export const ALLOWED_TAGS = ['if', 'elseif', 'else', 'endif', 'for', 'endfor', 'set', 'endset'];

export const ALLOWED_FILTERS = [
  ...['datum', 'tijd', 'date', 'geld', 'escape', 'e', 'default', 'upper', 'lower', 'capitalize'],
  ...['title', 'trim', 'length', 'first', 'last', 'join', 'slice', 'round', 'abs'],
  'number_format',
];

export const ALLOWED_TESTS = ['defined', 'empty', 'null', 'none', 'even', 'odd', 'iterable'];

/** Kinds of nodes in a parsed template; no calls, ranges, patterns, macros or other files. */
export const ALLOWED_NODES: readonly (string | null)[] = [
  ...[null, 'template', 'text', 'print', 'comment', 'if', 'for', 'for_loop', 'set', 'do'],
  ...['constant', 'name', 'assignment', 'attribute_accessor', 'array', 'hash', 'filter', 'test'],
  ...['conditional', 'nullish_coalescing', 'concatenate', 'add', 'subtract', 'multiply', 'divide'],
  ...['modulo', 'negative', 'positive', 'and', 'or', 'not', 'is_equal_to', 'is_not_equal_to'],
  ...['is_greater_than', 'is_greater_than_or_equal_to', 'is_less_than', 'is_in', 'is_not_in'],
  ...['is_less_than_or_equal_to', 'starts_with', 'ends_with', 'escape', 'check_to_string'],
  'check_security',
];

/** Names with which a template could reach around its data. */
export const REFUSED_NAMES = ['_self', '_context', '_charset'];
