import { admin } from '../admin.svelte.ts';
import { inLanguage, type Values, type Words } from './words.ts';

/** Says texts in the language of the page. */
export function speaker<T extends Words>(words: T) {
  return (key: keyof T & string, values?: Values): string => {
    const pair = words[key];
    return pair ? inLanguage(admin.language, pair, values) : key;
  };
}
