"""Reports: a notebook is executed with checked parameters and laid out as one HTML page.

parameters   the notebook's tagged cell → types → values, before a kernel starts
engine       papermill engine "itsq": this interpreter, a fixed environment, no stray output
outputs      what of an executed notebook is shown
render       executed notebook → the bytes of the page
pdf          the page printed by a browser that is installed
secrets      parameters that are references, and keeping their values out of what is written
source       the snapshot that a report is made from
manifest     what a report was made of
run          all of it, and the last good report stays when a run fails
notebooks    copies for editing
"""
