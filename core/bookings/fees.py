"""What is added to a ticket's price: plain values in, plain values out."""

from dataclasses import dataclass

from core.kernel.money import share


@dataclass(frozen=True, slots=True)
class FeeRule:
    """A fixed fee in minor units and a share in basis points (100 = 1 %), both per paid ticket."""

    fixed: int
    basis_points: int

    def fee(self, price: int) -> int:
        """The fee on one ticket that costs `price` after discount; nothing is added to a free ticket."""
        return self.fixed + share(price, self.basis_points) if price else 0
