/** The width of an element, which charts are drawn for. */

import { useLayoutEffect, useRef, useState } from "../vendor/preact.js";

/** @param {number} expected until the element is there */
export function useWidth(expected) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const [width, setWidth] = useState(expected);
  useLayoutEffect(() => {
    const box = element.current;
    if (!box) return undefined;
    const measure = () => setWidth(box.clientWidth || expected);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  return { element, width };
}
