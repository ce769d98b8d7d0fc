/**
 * Load the cells that anascope has found in the open image.
 *
 * 1. Read the images:  anascope read images/ --out reading
 * 2. Open an image in QuPath, or a project with all of them.
 * 3. Open this file in the script editor, set the folder below, and run it (Run > Run for project for all images).
 *
 * Cells become detections, classified by pattern, with area, brightness and probabilities as measurements.
 * Detections that are there already are replaced. For QuPath 0.4 or later.
 */

import groovy.json.JsonSlurper
import qupath.lib.io.PathIO

import static qupath.lib.scripting.QP.*

// The folder that anascope read wrote (its option --out).
def results = new File("reading")

def specimens = new File(results, "specimens")
if (!specimens.isDirectory()) {
    print "${results.absolutePath} holds no results of anascope read. Set the folder in the script."
    return
}

// The fields that were read of the file that is open, by their record in field.json.
def server = getCurrentServer()
if (server == null) {
    print "No image is open."
    return
}
def opened = server.getURIs().collect { new File(it.path).name }
def found = []
specimens.eachDir { specimen ->
    specimen.eachDir { field ->
        def record = new File(field, "field.json")
        if (record.isFile()) {
            def said = new JsonSlurper().parse(record, "UTF-8")
            def file = said.provenance?.file
            if (file != null && opened.contains(new File(new URI(file).path).name)) {
                found << [folder: field, width: said.width, height: said.height]
            }
        }
    }
}

if (found.size() != 1) {
    print "${found.size()} fields of ${results.name} come from ${opened.join(", ")}: expected one."
    found.each { print "  ${it.folder.absolutePath}" }
    return
}
def field = found[0]
if (field.width != server.width || field.height != server.height) {
    print "The image has ${server.width} x ${server.height} pixels, and that which was read ${field.width} x ${field.height}."
    return
}

def outlines = new File(field.folder, "outlines.geojson")
if (!outlines.isFile()) {
    print "${outlines.absolutePath} is missing."
    return
}
def cells = PathIO.readObjects(outlines)
removeObjects(getDetectionObjects(), true)
addObjects(cells)
print "${cells.size()} cells from ${outlines.absolutePath}"
