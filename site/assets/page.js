// What every page does where there is a script: nothing that it needs to be read.
