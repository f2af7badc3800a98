import { Component, type ReactNode } from "react";
import { Crashed } from "./dead-end.tsx";

/** Keeps a screen that breaks from taking the page with it. */
export class Boundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    return this.state.broken ? <Crashed /> : this.props.children;
  }
}
