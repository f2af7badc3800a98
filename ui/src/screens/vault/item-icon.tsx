import { CreditCard, FileQuestion, Globe, IdCard, KeyRound, type LucideIcon, StickyNote } from "lucide-react";
import { types } from "../../vault/content.ts";

const icons: Record<number, LucideIcon> = {
  [types.login]: Globe,
  [types.note]: StickyNote,
  [types.card]: CreditCard,
  [types.identity]: IdCard,
  [types.sshKey]: KeyRound,
};

export const iconOf = (type: number): LucideIcon => icons[type] ?? FileQuestion;
