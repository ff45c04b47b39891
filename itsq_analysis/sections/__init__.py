"""The report's sections: facts from the workspace become a sentence, a picture and a table.

One file per section; each gives a function `Scene -> Section`. Notebooks call them through `QualityReport`.
"""
