// What this browser and this device offer.

export default function SystemView() {
  return (
    <main className="stage system">
      <h2>System</h2>
      <p className="lead">What this browser and this device offer to V-JEPA.</p>
    </main>
  );
}
