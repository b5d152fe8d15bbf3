/** The types of what the console uses of Preact and its signals. */

export interface VNode {
  type: unknown;
  props: unknown;
  key: unknown;
}

export type Child =
  | VNode
  | string
  | number
  | boolean
  | null
  | undefined
  | ReadonlySignal<unknown>
  | Child[];

export type Component<P> = (props: P & { children?: Child }) => Child;

type On<E extends Event, T = HTMLElement> = (event: E & { currentTarget: T }) => void;
type Field = HTMLInputElement & HTMLTextAreaElement;

/** Attributes of an element; the handlers are listed so that their events have types. */
export interface Attributes {
  key?: string | number;
  ref?: Ref<any> | ((element: any) => void);
  onClick?: On<MouseEvent>;
  onInput?: On<InputEvent, Field>;
  onChange?: On<Event, HTMLInputElement & HTMLSelectElement>;
  onSubmit?: On<SubmitEvent, HTMLFormElement>;
  onKeyDown?: On<KeyboardEvent>;
  onScroll?: On<Event>;
  onFocus?: On<FocusEvent>;
  onBlur?: On<FocusEvent>;
  onPaste?: On<ClipboardEvent>;
  onDrop?: On<DragEvent>;
  onDragOver?: On<DragEvent>;
  onDragLeave?: On<DragEvent>;
  onToggle?: On<Event>;
  onError?: On<Event>;
  onLoad?: On<Event>;
  [name: string]: unknown;
}

export function h(type: string, props: Attributes | null, ...children: Child[]): VNode;
export function h<P>(
  type: Component<P>,
  props: (P & { key?: string | number }) | null,
  ...children: Child[]
): VNode;
export const Fragment: Component<{}>;
export function render(child: Child, parent: Element): void;

export interface Context<T> {
  Provider: Component<{ value: T }>;
}
export function createContext<T>(value: T): Context<T>;

export interface Ref<T> {
  current: T;
}
type Cleanup = void | (() => void);
export function useEffect(work: () => Cleanup, inputs?: readonly unknown[]): void;
export function useLayoutEffect(work: () => Cleanup, inputs?: readonly unknown[]): void;
export function useRef<T>(value: T): Ref<T>;
export function useState<T>(value: T | (() => T)): [T, (next: T | ((before: T) => T)) => void];
export function useMemo<T>(make: () => T, inputs: readonly unknown[]): T;
export function useCallback<F extends (...given: any[]) => unknown>(
  work: F,
  inputs: readonly unknown[],
): F;

export interface ReadonlySignal<T> {
  readonly value: T;
  peek(): T;
  subscribe(listener: (value: T) => void): () => void;
}
export interface Signal<T> extends ReadonlySignal<T> {
  value: T;
}
export function signal<T>(value: T): Signal<T>;
export function computed<T>(work: () => T): ReadonlySignal<T>;
export function effect(work: () => Cleanup): () => void;
export function batch<T>(work: () => T): T;
export function untracked<T>(work: () => T): T;
export function useSignal<T>(value: T): Signal<T>;
export function useComputed<T>(work: () => T): ReadonlySignal<T>;
export function useSignalEffect(work: () => Cleanup): void;
