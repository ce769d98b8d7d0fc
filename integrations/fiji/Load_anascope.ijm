// Load the cells that anascope has found in the open image into the ROI Manager.
//
// 1. Read the images:  anascope read images/ --out reading
// 2. Open an image in Fiji.
// 3. Plugins > Macros > Run..., choose this file, and then the folder that anascope read wrote (--out).
//
// Each cell becomes a region in the colour of its pattern, named by its number in cells.csv. Regions
// that are in the ROI Manager already are removed.

if (nImages == 0) exit("Open an image first.");
results = getDirectory("Choose the folder that anascope read wrote");
specimens = results + "specimens" + File.separator;
if (!File.isDirectory(specimens)) exit(results + " holds no results of anascope read.");

// Fields are named by their files: by the name without its ending.
stem = File.getNameWithoutExtension(getInfo("image.filename"));
if (stem == "") stem = File.getNameWithoutExtension(getTitle());

found = newArray(0);
inSpecimens = getFileList(specimens);
for (i = 0; i < inSpecimens.length; i++) {
  if (!endsWith(inSpecimens[i], "/")) continue;
  fields = getFileList(specimens + inSpecimens[i]);
  for (j = 0; j < fields.length; j++) {
    outlines = specimens + inSpecimens[i] + fields[j] + "outlines.zip";
    if (fields[j] == stem + "/" && File.exists(outlines)) found = Array.concat(found, outlines);
  }
}
if (found.length == 0) exit("No field called " + stem + " is among the results in " + results);

chosen = found[0];
if (found.length > 1) {
  Dialog.create("Several fields are called " + stem);
  Dialog.addChoice("Outlines", found);
  Dialog.show();
  chosen = Dialog.getChoice();
}
roiManager("reset");
roiManager("Open", chosen);
roiManager("Show All without labels");
print(roiManager("count") + " cells from " + chosen);
