import { useEffect, useSyncExternalStore } from "react";
import { currentVault, loadVault, onVault, refreshVault, type State } from "../../vault/items.ts";

/** The vault of the person; whoever shows it has it loaded, or looked at anew. */
export function useVault(): State {
  const state = useSyncExternalStore(onVault, currentVault);
  useEffect(() => {
    const { phase } = currentVault();
    // A failure is in the state, and what is there stays when nothing newer can be had.
    (phase === "ready" ? refreshVault() : loadVault()).catch(() => undefined);
  }, []);
  return state;
}
