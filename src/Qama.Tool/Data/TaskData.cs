using Qama.Training;
using Qama.Training.Datasets;
using Qama.Training.Modules;

namespace Qama.Tool.Data;

/// <summary>A part of a data set.</summary>
internal enum Split
{
    /// <summary>What is trained on.</summary>
    Train,

    /// <summary>The validation part.</summary>
    Dev,

    /// <summary>The test part.</summary>
    Test,
}

/// <summary>Labelled samples of a folder as tokens for a model: images or texts.</summary>
internal abstract class TaskData
{
    /// <summary>The folder's name.</summary>
    public required string Name { get; init; }

    /// <summary>How the folder holds its samples.</summary>
    public required DatasetLayout Layout { get; init; }

    /// <summary>Names of the classes.</summary>
    public abstract IReadOnlyList<string> ClassNames { get; }

    /// <summary>Side of a patch; null for texts.</summary>
    public virtual int? Patch => null;

    /// <summary>Patches in a row; null for texts.</summary>
    public virtual int? Columns => null;

    /// <summary>Words that the model knows; null for images.</summary>
    public virtual int? Words => null;

    /// <summary>A number that other data, or the same in another order, do not have.</summary>
    public abstract string Hash { get; }

    /// <summary>Reads a folder.</summary>
    /// <param name="settings">Which samples.</param>
    /// <param name="tokens">Tokens that the model has.</param>
    /// <param name="stop">Ends the reading.</param>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is not as it should be, all training samples are of one class, or images and model do not
    /// fit.</exception>
    public static TaskData Read(DataSettings settings, int tokens, CancellationToken stop)
    {
        DatasetLayout layout = settings.Layout ?? DatasetFolder.Detect(settings.Folder);
        if ((settings.Side is not null && layout != DatasetLayout.Images) || (settings.Patch is not null && layout == DatasetLayout.Text))
        {
            throw new InvalidDataException(
                $"{settings.Folder}: expected images{(settings.Side is null ? "" : " in folders")} for "
                    + $"{(settings.Side is null ? "--patch" : "--side")}, this is {layout}.");
        }

        if (layout == DatasetLayout.Text)
        {
            DatasetParts<TextSet> texts = Divided(TextFiles.Read(settings.Folder), settings);
            RequireClasses(texts.Training, settings);
            return new TextTask(texts, tokens) { Name = settings.Name, Layout = layout };
        }

        DatasetParts<ImageSet> images = layout switch
        {
            DatasetLayout.Idx => Divided(IdxFiles.Read(settings.Folder), settings),
            DatasetLayout.Cifar10 => Divided(CifarFiles.ReadCifar10(settings.Folder), settings),
            DatasetLayout.Cifar100 => Divided(CifarFiles.ReadCifar100(settings.Folder), settings),
            _ => ImageFolders.Read(settings, stop),
        };
        RequireClasses(images.Training, settings);
        return new ImageTask(images, settings, tokens) { Name = settings.Name, Layout = layout };
    }

    /// <summary>A part as numbers; null where there is none.</summary>
    /// <param name="split">The part.</param>
    /// <param name="first">The most samples; null for all.</param>
    public abstract Dataset<float>? Samples(Split split, int? first = null);

    /// <summary>Some samples of a part as numbers.</summary>
    public abstract Dataset<float> Samples(Split split, IReadOnlyList<int> samples);

    /// <summary>What makes vectors of tokens.</summary>
    public abstract Module<float> Embedding(int width, long seed);

    /// <summary>The model, told which tokens are present.</summary>
    public abstract Module<float> Around(Module<float> network);

    /// <summary>Tokens of a sample that are present.</summary>
    public abstract int Present(Split split, int sample);

    /// <summary>The image of a sample, as PNG in base64; null for texts.</summary>
    public virtual string? Image(Split split, int sample) => null;

    /// <summary>The words of a sample, as the model gets them; null for images.</summary>
    public virtual IReadOnlyList<string>? Text(Split split, int sample) => null;

    // Of one class alone any network is right, with a loss of 0.
    private static void RequireClasses<TSamples>(TSamples training, DataSettings settings)
        where TSamples : class, ILabelledSamples<TSamples>
    {
        if (training.Labels.Distinct().Take(2).Count() < 2)
        {
            string only = training.ClassNames[training.Labels[0]];
            throw new InvalidDataException(
                $"{settings.Folder}: expected training samples of two classes or more, got {training.Labels.Count} of '{only}' alone.");
        }
    }

    private static DatasetParts<TSamples> Divided<TSamples>(DatasetParts<TSamples> parts, DataSettings settings)
        where TSamples : class, ILabelledSamples<TSamples>
    {
        int count = parts.Training.Labels.Count, held = parts.Validation is null ? settings.HeldOutOf(count) : 0;
        return held < count
            ? parts.Mixed().Divide(held, settings.First)
            : throw new InvalidDataException(
                $"{settings.Folder}: expected more than the {held} samples that are held out, got {count}: use --hold-out.");
    }
}
