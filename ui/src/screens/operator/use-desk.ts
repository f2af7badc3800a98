import { useSyncExternalStore } from "react";
import { currentDesk, type Desk, onDesk } from "../../vault/operator.ts";

export const useDesk = (): Desk => useSyncExternalStore(onDesk, currentDesk);
