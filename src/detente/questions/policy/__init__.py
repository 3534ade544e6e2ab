"""What a policy achieves: levers, platforms side by side, reciprocal steps, third parties."""
