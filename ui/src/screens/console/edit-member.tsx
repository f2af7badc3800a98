import { useQuery } from "@tanstack/react-query";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { FormDialog } from "../../kit/form-dialog.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { changeStanding, loadStanding, type Member, nameOf, type Standing } from "../../vault/members.ts";
import type { Membership } from "../../vault/profile.ts";
import { Problem } from "../parts/problem.tsx";
import { useForget } from "./queries.ts";
import { StandingFields, standingOf, useDraft } from "./standing.tsx";

interface Props {
  by: Membership;
  member: Member;
  onClose: () => void;
}

/** Changes the role, the rights, the groups and the collections of a member. */
export function EditMember(props: Props) {
  const t = useText();
  const { by, member, onClose } = props;
  const { data: standing, error } = useQuery({
    queryKey: ["console", by.id, "standing", member.id],
    queryFn: () => loadStanding(by.id, member.id),
    staleTime: 0,
    gcTime: 0,
  });
  if (standing) return <Edit {...props} standing={standing} />;
  return (
    <Dialog
      open
      onClose={onClose}
      title={nameOf(member)}
      actions={<Button onClick={onClose}>{t("kit.cancel")}</Button>}
    >
      {error ? <Problem of={error} /> : <Skeleton lines={6} />}
    </Dialog>
  );
}

function Edit({ by, member, onClose, standing }: Props & { standing: Standing }) {
  const t = useText();
  const forget = useForget(by.id);
  const [draft, change] = useDraft(standing);
  const { busy, failure, run } = useAction(async () => {
    await changeStanding(by.id, member.id, standingOf(draft));
    onClose();
    toast(t("members.saved", { name: nameOf(member) }));
    await forget();
  });
  return (
    <FormDialog open onClose={onClose} title={nameOf(member)} action={t("console.save")} busy={busy} onSend={run}>
      <StandingFields by={by} draft={draft} onChange={change} />
      <Problem of={failure} />
    </FormDialog>
  );
}
