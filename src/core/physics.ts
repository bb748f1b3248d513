// Properties of the physical world that drawn pairs of videos ask about (video/physics.ts).

export const physicsNames = ['permanence', 'continuity', 'bounce', 'colour'] as const;
export type PhysicsProperty = (typeof physicsNames)[number];
