import { Menu as Base } from "@base-ui/react/menu";
import { Check } from "lucide-react";
import { type ReactNode, useState } from "react";
import buttons from "./button.module.css";
import { classes } from "./classes.ts";
import styles from "./menu.module.css";

export interface MenuProps {
  /** What stands on the button. */
  trigger: ReactNode;
  label?: string;
  /** Whether the button looks like what the screen is for, rather than like words that can be pressed. */
  tone?: "primary" | "plain";
  side?: "bottom" | "top";
  align?: "start" | "end";
  children: ReactNode;
}

/** A button that opens a list of things to do. The list stays in the part of the page that the button is in. */
export function Menu({ trigger, label, tone, side = "bottom", align = "end", children }: MenuProps) {
  const [container, setContainer] = useState<HTMLElement | null>(null);
  return (
    <Base.Root modal={false}>
      <Base.Trigger className={tone ? classes(buttons.button, buttons[tone]) : styles.trigger} aria-label={label}>
        {trigger}
      </Base.Trigger>
      <span ref={setContainer} className={styles.list} />
      <Base.Portal container={container}>
        <Base.Positioner
          className={styles.positioner}
          positionMethod="fixed"
          side={side}
          align={align}
          sideOffset={4}
          collisionPadding={8}
        >
          <Base.Popup className={styles.popup}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** Things that belong together, with a line between them and the next. */
export function MenuGroup({ heading, children }: { heading?: ReactNode; children: ReactNode }) {
  return (
    <Base.Group className={styles.group}>
      {heading && <Base.GroupLabel className={styles.heading}>{heading}</Base.GroupLabel>}
      {children}
    </Base.Group>
  );
}

export function MenuItem({
  icon,
  onSelect,
  children,
}: {
  icon?: ReactNode;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <Base.Item className={styles.item} onClick={onSelect}>
      {icon}
      {children}
    </Base.Item>
  );
}

export function MenuLink({ icon, href, children }: { icon?: ReactNode; href: string; children: ReactNode }) {
  return (
    <Base.LinkItem className={styles.item} href={href} closeOnClick>
      {icon}
      {children}
    </Base.LinkItem>
  );
}

export interface MenuChoiceProps<T extends string> {
  heading: string;
  value: T;
  onChange: (value: T) => void;
  options: { value: T; label: string; lang?: string }[];
}

/** One of a few, in a menu that stays open for it. */
export function MenuChoice<T extends string>({ heading, value, onChange, options }: MenuChoiceProps<T>) {
  return (
    <Base.RadioGroup className={styles.group} value={value} onValueChange={onChange} aria-label={heading}>
      <div className={styles.heading} aria-hidden="true">
        {heading}
      </div>
      {options.map((option) => (
        <Base.RadioItem key={option.value} className={styles.item} value={option.value} lang={option.lang}>
          {option.label}
          <Base.RadioItemIndicator className={styles.check}>
            <Check size={18} aria-hidden="true" />
          </Base.RadioItemIndicator>
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  );
}
