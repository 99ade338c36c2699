/** What is not needed to read and write: loaded when it is first asked for, so that the page comes up fast. */
export { complete } from '../../../core/client/completion.ts';
export { CompletionList } from '../composer/completion-list.tsx';
export { Elsewhere, Refused } from './instead.tsx';
export { OverScreen } from './over.tsx';
