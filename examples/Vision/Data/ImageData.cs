namespace Qama.Examples.Vision;

/// <summary>The three parts of a data set. Choices are made on the validation part; the test part is used once, at the end.</summary>
internal sealed record ImageData(string Name, LabelledImages Training, LabelledImages Validation, LabelledImages Test)
{
    /// <summary>Names of the data sets.</summary>
    public static readonly IReadOnlyList<string> Names = ["digits", "mnist", "fashion"];

    /// <summary>Reads a data set.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="folder">Where <c>get-data.sh</c> put the files; not used for digits.</param>
    /// <exception cref="InvalidDataException">A file is missing or damaged; the message says which and what to do.</exception>
    public static ImageData Load(string name, string folder) => name switch
    {
        "digits" => EnlargedDigits.Load(),
        "mnist" => IdxFiles.Load(Path.Combine(folder, "mnist")),
        "fashion" => FashionFiles.Load(Path.Combine(folder, "fashion")),
        _ => throw new ArgumentException($"Expected one of {string.Join(", ", Names)}, got '{name}'.", nameof(name)),
    };

    /// <summary>Holds out the last images of what may be trained on.</summary>
    public static ImageData HoldOut(string name, LabelledImages available, int validation, LabelledImages test) => new(
        name, available.Slice(0, available.Count - validation), available.Slice(available.Count - validation, validation), test);
}
