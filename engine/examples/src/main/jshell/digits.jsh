// jshell --class-path "$(echo engine/examples/target/lib/*.jar | tr ' ' :)" engine/examples/src/main/jshell/digits.jsh
import dev.convoke.*
import dev.convoke.datasets.*

var digits = Datasets.load("digits")
var network = Network.of(digits).convolution(8).relu().maxPooling().build()
var run = Training.of(network, digits).epochs(1).run()
System.out.println(run)
var classifier = Classifier.of(run.model())
System.out.println(classifier.classify(digits.test()).get(0).top(3))
classifier.close()
