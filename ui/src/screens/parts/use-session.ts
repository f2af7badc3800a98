import { useSyncExternalStore } from "react";
import { currentSession, onSession, type Session } from "../../vault/session.ts";

export const useSession = (): Session => useSyncExternalStore(onSession, currentSession);
