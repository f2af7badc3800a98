import { useQuery } from "@tanstack/react-query";
import type { Profile } from "../../vault/profile.ts";
import { keyring } from "../../vault/session.ts";
import { phraseOf } from "../../vault/words.ts";
import { Fingerprint } from "./fingerprint.tsx";
import { Problem } from "./problem.tsx";

/** The fingerprint phrase of the person, which they read to somebody who wants to be sure of their key. */
export function OwnFingerprint({ profile }: { profile: Profile | undefined }) {
  const id = profile?.id ?? "";
  const { data, error } = useQuery({
    queryKey: ["fingerprint", id],
    queryFn: async () => phraseOf(await keyring().ownFingerprint(id)),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: id !== "",
  });
  if (error) return <Problem of={error} />;
  return (
    <p>
      <Fingerprint phrase={data} />
    </p>
  );
}
