/** Something laid over the page. The browser's own dialog keeps the focus inside and gives it back afterwards. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { closeOverlay } from '../navigation.ts';
import { Icon } from './icons.tsx';

interface Props {
  readonly title: string;
  readonly class?: string;
  /** Draws no title and no close button: the content has its own. The title remains its name. */
  readonly bare?: boolean;
  readonly children: ComponentChildren;
}

export function Dialog({ title, class: name = '', bare = false, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={name}
      {...(bare ? { 'aria-label': title } : { 'aria-labelledby': id })}
      onCancel={(event) => {
        event.preventDefault();
        closeOverlay();
      }}
      onClick={(event) => {
        if (event.target === ref.current) closeOverlay(); // outside: the content covers the rest
      }}
    >
      {bare ? (
        children
      ) : (
        <>
          <div class="dialog-head">
            <h2 id={id}>{title}</h2>
            <CloseButton />
          </div>
          <div class="dialog-body" tabIndex={0}>
            {children}
          </div>
        </>
      )}
    </dialog>
  );
}

export function CloseButton() {
  return (
    <button type="button" class="icon-button" aria-label="Close" onClick={closeOverlay}>
      <Icon name="close" />
    </button>
  );
}
