"""The documents that the browser's questions are asked about."""

from __future__ import annotations

BLISTERS = """---
title: "Blisters: what they are and how they heal"
publisher: The Walkers' Clinic
author: R. Ambler
url: https://clinic.example.org/blisters
reviewed: 2025-03-14
---
# Blisters: what they are and how they heal

## What is a blister?

A blister is a small pocket of clear fluid under the upper layer of the skin. The fluid protects the skin below while it
heals. Most blisters are about as wide as a fingernail.

## What causes blisters?

Blisters are caused by these things:

- **friction** of a shoe or a tool against the skin
- heat, as from a hot pan or the sun
- contact with a strong cleaning product

## How are blisters treated?

A blister is treated by covering it with a soft plaster and leaving it closed. A blister must not be pierced, because
its skin keeps germs out.

## How are blisters prevented?

Blisters are prevented by shoes that fit, dry socks and a thin layer of grease on the heels. New shoes are worn in
slowly.

## Which medicines help with the pain of a blister?

Paracetamol eases the pain of a blister. Ibuprofen eases the pain of a blister too, and it should not be stopped or
doubled without asking a pharmacist.
"""

CORNS = """Corns and calluses

What is a corn?

A corn is a small round lump of hard skin with a core that presses on the nerves below. Corns stand on the toes and on
the sole of the foot.

What is a callus?

A callus is a broad patch of thick skin. Calluses are larger than corns and have no core.

What causes corns?

Corns are caused by these things:

• shoes that are too tight
• high heels
• toes that are bent

How are corns treated?

Corns are treated with a salicylic acid plaster, which softens the hard skin so that it can be filed away. Soaking the
foot in warm water for ten minutes makes the filing easier.

Who should not treat corns alone?

People with diabetes should not treat corns alone, since a small wound on the foot may heal badly.

How long does a corn last?

A corn lasts for about three weeks once the pressure on the toe is gone.
"""

MARKUP = """# Odd marks

## What is a stamped callus?

A stamped callus is <img src=x onerror="document.title='broken'"> a callus with a pattern & an edge. It is written as
<script>document.title = "broken"</script> in old books, and [a link](javascript:document.title='broken') means nothing.
"""

DOCUMENTS = {"blisters.md": BLISTERS, "feet/corns & calluses.txt": CORNS, "markup.md": MARKUP}
