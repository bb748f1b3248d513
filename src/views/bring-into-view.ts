/** As the `ref` of what appears: it may lie elsewhere than where somebody just pressed, out of sight. */
export const bringIntoView = (box: HTMLElement | null): void => box?.scrollIntoView({ block: 'nearest' });
