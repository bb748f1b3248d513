// Brings the field of a setting that is refused to the eye: opened, focused, and marked for a moment.

const flashFor = 1600;

/** Does nothing where the page has no such field. */
export function jumpToField(field: string): void {
  const found = fieldOf(field);
  if (!found) return;
  for (let fold = found.closest('details'); fold; fold = fold.parentElement?.closest('details') ?? null)
    fold.open = true;
  found.scrollIntoView({ block: 'nearest' });
  found.querySelector<HTMLElement>('input, select, button')?.focus();
  found.classList.add('flash');
  setTimeout(() => found.classList.remove('flash'), flashFor);
}

/** The field itself, or the nearest that it is a part of: "masks.0.blocks", "masks.0", "masks". Sizes of the model are the preset's. */
function fieldOf(field: string): Element | null {
  for (let name = field; name; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) {
    const found = document.querySelector(`[data-field="${CSS.escape(name)}"]`);
    if (found) return found;
  }
  return field.startsWith('model.') ? fieldOf('preset') : null;
}
