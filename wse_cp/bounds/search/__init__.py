"""The search for a bound: multipliers, intervals of the largest time, shorter spines, the certificate."""
