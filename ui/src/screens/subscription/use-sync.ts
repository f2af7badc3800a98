import { useState } from "react";
import { type BillingsyncSyncView, call, Failure } from "../../api/client.ts";
import { useAction } from "../../kit/use-action.ts";
import { useAfterChange } from "../billing/subscription.ts";

export interface Syncing {
  busy: boolean;
  /** Why there was no sync at all. */
  failure: unknown;
  /** What became of each part, also when one of them failed. */
  answer: BillingsyncSyncView | undefined;
  run: () => Promise<void>;
}

/** Has an organization synced with the cloud, license and sponsorships. */
export function useSync(organizationId: string): Syncing {
  const [answer, setAnswer] = useState<BillingsyncSyncView>();
  const after = useAfterChange();
  const { busy, failure, run } = useAction(async () => {
    setAnswer(undefined);
    try {
      setAnswer(await ask(organizationId));
    } finally {
      await after();
    }
  });
  return { busy, failure, answer, run };
}

/** A sync of which a part failed is answered with a refusal that has both parts. */
async function ask(id: string): Promise<BillingsyncSyncView> {
  try {
    return await call("POST /api/organizations/licenses/self-hosted/{id}/sync", { path: { id } });
  } catch (error) {
    if (error instanceof Failure && error.body.license && error.body.sponsorships) {
      return error.body as unknown as BillingsyncSyncView;
    }
    throw error;
  }
}
