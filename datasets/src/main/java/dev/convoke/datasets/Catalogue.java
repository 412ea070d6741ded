package dev.convoke.datasets;

import dev.convoke.datasets.CatalogueEntry.Bundle;
import dev.convoke.datasets.CatalogueEntry.Credit;
import dev.convoke.datasets.CatalogueEntry.Shape;
import dev.convoke.datasets.CatalogueFile.PackedDigests;
import dev.convoke.datasets.CatalogueFile.Part;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The published data sets that can be loaded by name.
 *
 * <p>Digests of archives are those that torchvision (MD5) and TensorFlow Datasets (SHA-256) check. EMNIST's files are in
 * one zip; their MD5 are those that Deeplearning4j checks.
 *
 * <p>Limitations: only MNIST and Fashion-MNIST have published digests of the uncompressed files. For KMNIST, EMNIST Digits
 * and QMNIST only those of the archives are known. The digests of their payloads are therefore recorded next to the data on
 * first use ({@link PayloadPins}): for files from an archive with the published digest this is equivalent to a published
 * one; for manually uncompressed files it detects later changes. Recompressed archives are rejected, since their digest
 * differs. KMNIST has a single host: its second address differs only in the scheme, so both are unavailable if that host
 * is.
 */
public final class Catalogue {
    private static final List<String> DIGITS = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    private static final Shape AS_MNIST = new Shape(60_000, 10_000, 28, 28);

    private static final List<CatalogueEntry> ENTRIES =
            List.of(mnist(), fashionMnist(), kmnist(), emnistDigits(), qmnist());

    private Catalogue() {}

    /** All entries, the default one first. */
    public static List<CatalogueEntry> entries() {
        return ENTRIES;
    }

    /** The entry called {@code name}, if there is one. */
    public static Optional<CatalogueEntry> find(String name) {
        return ENTRIES.stream().filter(entry -> entry.name().equals(name)).findFirst();
    }

    private static CatalogueEntry mnist() {
        return new CatalogueEntry(
                "mnist",
                "MNIST",
                List.of(
                        new CatalogueFile(
                                Part.TRAIN_IMAGES,
                                "train-images-idx3-ubyte",
                                9_912_422,
                                PackedDigests.of(
                                        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                                        "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
                                Optional.of("ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db")),
                        new CatalogueFile(
                                Part.TRAIN_LABELS,
                                "train-labels-idx1-ubyte",
                                28_881,
                                PackedDigests.of(
                                        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                                        "d53e105ee54ea40749a09fcbcd1e9432"),
                                Optional.of("65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5")),
                        new CatalogueFile(
                                Part.TEST_IMAGES,
                                "t10k-images-idx3-ubyte",
                                1_648_877,
                                PackedDigests.of(
                                        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                                        "9fb629c4189551a2d022fa330f9573f3"),
                                Optional.of("0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7")),
                        new CatalogueFile(
                                Part.TEST_LABELS,
                                "t10k-labels-idx1-ubyte",
                                4_542,
                                PackedDigests.of(
                                        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                                        "ec29112dd5afa0611ce80d1b7f02629c"),
                                Optional.of("ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"))),
                mirrors(
                        "https://ossci-datasets.s3.amazonaws.com/mnist/",
                        "https://storage.googleapis.com/cvdf-datasets/mnist/"),
                Optional.empty(),
                AS_MNIST,
                PixelOrder.ROW_MAJOR,
                DIGITS,
                Optional.empty(),
                new Credit(
                        "CC BY-SA 3.0 (as Keras and TensorFlow Datasets state)",
                        "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to document"
                                + " recognition. Proceedings of the IEEE 86(11), 1998",
                        URI.create("http://yann.lecun.com/exdb/mnist/")));
    }

    private static CatalogueEntry fashionMnist() {
        return new CatalogueEntry(
                "fashion-mnist",
                "Fashion-MNIST",
                List.of(
                        new CatalogueFile(
                                Part.TRAIN_IMAGES,
                                "train-images-idx3-ubyte",
                                26_421_880,
                                PackedDigests.of(
                                        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                                        "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
                                Optional.of("c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888")),
                        new CatalogueFile(
                                Part.TRAIN_LABELS,
                                "train-labels-idx1-ubyte",
                                29_515,
                                PackedDigests.of(
                                        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                                        "25c81989df183df01b3e8a0aad5dffbe"),
                                Optional.of("bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9")),
                        new CatalogueFile(
                                Part.TEST_IMAGES,
                                "t10k-images-idx3-ubyte",
                                4_422_102,
                                PackedDigests.of(
                                        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                                        "bef4ecab320f06d8554ea6380940ec79"),
                                Optional.of("5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b")),
                        new CatalogueFile(
                                Part.TEST_LABELS,
                                "t10k-labels-idx1-ubyte",
                                5_148,
                                PackedDigests.of(
                                        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                                        "bb300cfdad3c16e7a12a480ee83cd310"),
                                Optional.of("0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"))),
                mirrors(
                        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
                        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
                        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"),
                Optional.empty(),
                AS_MNIST,
                PixelOrder.ROW_MAJOR,
                List.of(
                        "T-shirt/top",
                        "Trouser",
                        "Pullover",
                        "Dress",
                        "Coat",
                        "Sandal",
                        "Shirt",
                        "Sneaker",
                        "Bag",
                        "Ankle boot"),
                Optional.of(Path.of("/usr/share/datasets/fashion-mnist")),
                new Credit(
                        "MIT, Zalando SE",
                        "H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST: a novel image dataset for benchmarking machine"
                                + " learning algorithms. arXiv:1708.07747, 2017",
                        URI.create("https://github.com/zalandoresearch/fashion-mnist")));
    }

    private static CatalogueEntry kmnist() {
        return new CatalogueEntry(
                "kmnist",
                "Kuzushiji-MNIST",
                List.of(
                        new CatalogueFile(
                                Part.TRAIN_IMAGES,
                                "train-images-idx3-ubyte",
                                18_165_135,
                                PackedDigests.of(
                                        "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
                                        "bdb82020997e1d708af4cf47b453dcf7"),
                                Optional.empty()),
                        new CatalogueFile(
                                Part.TRAIN_LABELS,
                                "train-labels-idx1-ubyte",
                                29_497,
                                PackedDigests.of(
                                        "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
                                        "e144d726b3acfaa3e44228e80efcd344"),
                                Optional.empty()),
                        new CatalogueFile(
                                Part.TEST_IMAGES,
                                "t10k-images-idx3-ubyte",
                                3_041_136,
                                PackedDigests.of(
                                        "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
                                        "5c965bf0a639b31b8f53240b1b52f4d7"),
                                Optional.empty()),
                        new CatalogueFile(
                                Part.TEST_LABELS,
                                "t10k-labels-idx1-ubyte",
                                5_120,
                                PackedDigests.of(
                                        "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
                                        "7320c461ea6c1c855c0b718fb2a4b134"),
                                Optional.empty())),
                mirrors(
                        "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
                        "http://codh.rois.ac.jp/kmnist/dataset/kmnist/"),
                Optional.empty(),
                AS_MNIST,
                PixelOrder.ROW_MAJOR,
                List.of("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
                Optional.empty(),
                new Credit(
                        "CC BY-SA 4.0, Center for Open Data in the Humanities (CODH)",
                        "T. Clanuwat, M. Bober-Irizar, A. Kitamoto, A. Lamb, K. Yamamoto, D. Ha: Deep learning for"
                                + " classical Japanese literature. arXiv:1812.01718, 2018",
                        URI.create("http://codh.rois.ac.jp/kmnist/index.html.en")));
    }

    private static CatalogueEntry emnistDigits() {
        return new CatalogueEntry(
                "emnist-digits",
                "EMNIST Digits",
                List.of(
                        emnistFile(
                                Part.TRAIN_IMAGES,
                                "emnist-digits-train-images-idx3-ubyte",
                                "d2662ecdc47895a6bbfce25de9e9a677"),
                        emnistFile(
                                Part.TRAIN_LABELS,
                                "emnist-digits-train-labels-idx1-ubyte",
                                "2223fcfee618ac9c89ef20b6e48bcf9e"),
                        emnistFile(
                                Part.TEST_IMAGES,
                                "emnist-digits-test-images-idx3-ubyte",
                                "a159b8b3bd6ab4ed4793c1cb71a2f5cc"),
                        emnistFile(
                                Part.TEST_LABELS,
                                "emnist-digits-test-labels-idx1-ubyte",
                                "8afde66ea51d865689083ba6bb779fac")),
                mirrors(
                        "https://biometrics.nist.gov/cs_links/EMNIST/",
                        "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/"),
                Optional.of(new Bundle(
                        "gzip.zip",
                        561_753_746,
                        PackedDigests.of(
                                "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
                                "58c8d27c78d21e728a6bc7b3cc06412e"))),
                new Shape(240_000, 40_000, 28, 28),
                PixelOrder.COLUMN_MAJOR,
                DIGITS,
                Optional.empty(),
                new Credit(
                        "a work of the United States' NIST (Special Database 19); no license is stated",
                        "G. Cohen, S. Afshar, J. Tapson, A. van Schaik: EMNIST: an extension of MNIST to handwritten"
                                + " letters. arXiv:1702.05373, 2017",
                        URI.create("https://www.nist.gov/itl/products-and-services/emnist-dataset")));
    }

    private static CatalogueFile emnistFile(Part part, String name, String md5) {
        return new CatalogueFile(part, name, 0, PackedDigests.ofMd5(md5), Optional.empty());
    }

    private static CatalogueEntry qmnist() {
        return new CatalogueEntry(
                "qmnist",
                "QMNIST",
                List.of(
                        new CatalogueFile(
                                Part.TRAIN_IMAGES,
                                "qmnist-train-images-idx3-ubyte",
                                9_704_059,
                                PackedDigests.of(
                                        "9e26a7bf1683614e065d7b76460ccd52807165b3f22561fb782bd9f38c52b51d",
                                        "ed72d4157d28c017586c42bc6afe6370"),
                                Optional.empty()),
                        new CatalogueFile(
                                Part.TRAIN_LABELS,
                                "qmnist-train-labels-idx2-int",
                                463_024,
                                PackedDigests.of(
                                        "2c05dc77f6b916b38e455e97ab129a42a444f3dbef09b278a366f82904e0dd9f",
                                        "0058f8dd561b90ffdd0f734c6a30e5e4"),
                                Optional.empty()),
                        new CatalogueFile(
                                Part.TEST_IMAGES,
                                "qmnist-test-images-idx3-ubyte",
                                9_742_279,
                                PackedDigests.of(
                                        "43fc22bf7498b8fc98de98369d72f752d0deabc280a43a7bcc364ab19e57b375",
                                        "1394631089c404de565df7b7aeaf9412"),
                                Optional.empty()),
                        new CatalogueFile(
                                Part.TEST_LABELS,
                                "qmnist-test-labels-idx2-int",
                                526_800,
                                PackedDigests.of(
                                        "9fbcbe594c3766fdf4f0b15c5165dc0d1e57ac604e01422608bb72c906030d06",
                                        "5b5b05890a5e13444e108efe57b788aa"),
                                Optional.empty())),
                mirrors(
                        "https://raw.githubusercontent.com/facebookresearch/qmnist/master/",
                        "https://cdn.jsdelivr.net/gh/facebookresearch/qmnist@master/"),
                Optional.empty(),
                new Shape(60_000, 60_000, 28, 28),
                PixelOrder.ROW_MAJOR,
                DIGITS,
                Optional.empty(),
                new Credit(
                        "BSD 3-clause style, Facebook",
                        "C. Yadav, L. Bottou: Cold case: the lost MNIST digits. Advances in Neural Information"
                                + " Processing Systems 32, 2019",
                        URI.create("https://github.com/facebookresearch/qmnist")));
    }

    private static List<URI> mirrors(String... folders) {
        return Stream.of(folders).map(URI::create).toList();
    }
}
