import { useEffect, useSyncExternalStore } from "react";
import { currentVault, loadVault, onVault, refreshVault, type State } from "../../vault/items.ts";

/** The vault of the person; whoever shows it has it loaded, or looked at anew, also when they come back to the page. */
export function useVault(): State {
  const state = useSyncExternalStore(onVault, currentVault);
  useEffect(() => {
    // A failure is in the state, and what is there stays when nothing newer can be had.
    const look = () => (currentVault().phase === "ready" ? refreshVault() : loadVault()).catch(() => undefined);
    const lookAgain = () => {
      if (document.visibilityState === "visible" && currentVault().phase === "ready") look();
    };
    look();
    document.addEventListener("visibilitychange", lookAgain);
    return () => document.removeEventListener("visibilitychange", lookAgain);
  }, []);
  return state;
}
