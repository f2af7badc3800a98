import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

export const themes: Theme[] = ["system", "light", "dark"];

const storage = "coffre.theme";
const listeners = new Set<() => void>();

function current(): Theme {
  const stored = localStorage.getItem(storage);
  return themes.find((theme) => theme === stored) ?? "system";
}

/** Shows the page in the colors that the person chose; system is those of their machine. */
export function startTheme(): void {
  document.documentElement.dataset.theme = current();
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(storage, theme);
  startTheme();
  for (const tell of listeners) tell();
}

function subscribe(tell: () => void) {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, current);
