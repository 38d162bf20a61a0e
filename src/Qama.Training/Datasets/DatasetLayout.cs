namespace Qama.Training.Datasets;

/// <summary>The layout of a folder of labelled samples.</summary>
public enum DatasetLayout
{
    /// <summary>Grey images in IDX, MNIST's format: <c>train-images-idx3-ubyte</c>, <c>train-labels-idx1-ubyte</c> and <c>t10k-…</c>, each
    /// as it is or compressed (<c>.gz</c>).</summary>
    Idx,

    /// <summary>CIFAR-10's binary version: <c>data_batch_1.bin</c> … and <c>test_batch.bin</c>.</summary>
    Cifar10,

    /// <summary>CIFAR-100's binary version, by its fine labels: <c>train.bin</c> and <c>test.bin</c>.</summary>
    Cifar100,

    /// <summary>Lines of text, a label first: <c>train.txt</c>, <c>dev.txt</c> or <c>valid.txt</c>, <c>test.txt</c>, each as it is or
    /// compressed (<c>.gz</c>).</summary>
    Text,

    /// <summary>An image a file in folders named by classes: <c>train/CLASS/*</c> and <c>test/CLASS/*</c>, or <c>CLASS/*</c> alone. This
    /// library knows the layout and decodes no image.</summary>
    Images,
}
