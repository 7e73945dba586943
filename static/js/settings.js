// On a phone the entries of the account stand in one line: the present one comes into view.

document.querySelector(".settings-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
