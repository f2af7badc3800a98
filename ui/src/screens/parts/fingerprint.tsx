import { useQuery } from "@tanstack/react-query";
import type { Profile } from "../../vault/profile.ts";
import { keyring } from "../../vault/session.ts";
import { phraseOf } from "../../vault/words.ts";
import styles from "./fingerprint.module.css";

/** The fingerprint phrase of the person, which they read to somebody who wants to be sure of their key. */
export function OwnFingerprint({ profile }: { profile: Profile | undefined }) {
  const id = profile?.id ?? "";
  const { data } = useQuery({
    queryKey: ["fingerprint", id],
    queryFn: async () => phraseOf(await keyring().ownFingerprint(id)),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: id !== "",
  });
  return <Fingerprint phrase={data} />;
}

/** A fingerprint phrase; a line is kept free for one that is not known yet. */
export function Fingerprint({ phrase }: { phrase: string | undefined }) {
  return <p className={styles.fingerprint}>{phrase ?? "\u00a0"}</p>;
}
