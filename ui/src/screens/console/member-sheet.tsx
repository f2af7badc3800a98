import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Moment } from "../../kit/moment.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Facts } from "../../kit/state.tsx";
import { type Key, useText } from "../../text/t.ts";
import { outranks } from "../../vault/console.ts";
import { type Deed, type Member, mayDo, mayRecover, nameOf, Status } from "../../vault/members.ts";
import { type Membership, may } from "../../vault/profile.ts";
import styles from "./console.module.css";
import { MemberState } from "./member-state.tsx";

const deeds: Deed[] = ["confirm", "reinvite", "restore", "revoke", "remove"];

export interface MemberSheetProps {
  by: Membership;
  member: Member;
  onNext: (to: Deed | "edit" | "recover") => void;
  onClose: () => void;
}

/** One member, and what can be done to them. */
export function MemberSheet({ by, member, onNext, onClose }: MemberSheetProps) {
  const t = useText();
  const mayEdit = may(by, "manageUsers") && outranks(by, member.type);
  const facts = [
    { name: t("signIn.email"), value: member.email },
    { name: t("start.role"), value: t(`role.${member.type}` as Key) },
    { name: t("start.state"), value: <MemberState of={member} /> },
    { name: t("members.since"), value: <Moment at={member.creationDate} /> },
  ];
  if (member.userId) {
    facts.push(
      { name: t("members.twoStep"), value: t(member.twoFactorEnabled ? "members.on" : "members.off") },
      {
        name: t("members.recovery"),
        value: t(member.resetPasswordEnrolled ? "members.takesPart" : "members.takesNoPart"),
      },
    );
  }
  if (member.claimedByOrganization) facts.push({ name: t("members.account"), value: t("members.claimed") });
  return (
    <Dialog
      open
      onClose={onClose}
      title={nameOf(member)}
      actions={
        <>
          <Button onClick={onClose}>{t("kit.close")}</Button>
          {mayEdit && (
            <Button tone="primary" onClick={() => onNext("edit")}>
              {t("members.edit")}
            </Button>
          )}
        </>
      }
    >
      <Facts of={facts} />
      {member.status === Status.revoked && member.revocationReason !== null && (
        <Notice tone="wait">{t(`revocation.${member.revocationReason}` as Key)}</Notice>
      )}
      <div className={styles.buttons}>
        {deeds
          .filter((deed) => mayDo(deed, by, member))
          .map((deed) => (
            <Button key={deed} onClick={() => onNext(deed)}>
              {t(`deed.${deed}`)}
            </Button>
          ))}
        {mayRecover(by, member) && <Button onClick={() => onNext("recover")}>{t("recover.open")}</Button>}
      </div>
    </Dialog>
  );
}
