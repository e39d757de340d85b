# SPDX-License-Identifier: Apache-2.0
from modelgate import main

main()
