namespace Qama.Training.Datasets;

/// <summary>Labelled texts, one a line: a label (a number or a word), white space or a tab, then words between white space.</summary>
public static class TextFiles
{
    internal static readonly string[] TrainingNames = ["train.txt", "train.tsv"];

    private static readonly string[] _validation = ["dev.txt", "valid.txt", "dev.tsv", "valid.tsv"];
    private static readonly string[] _test = ["test.txt", "test.tsv"];

    /// <summary>Reads a folder with <c>train.txt</c> and, where they are there, <c>dev.txt</c> or <c>valid.txt</c>, and <c>test.txt</c>;
    /// each may be compressed (<c>.gz</c>) or end in <c>.tsv</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The texts, in the order of the files; the classes are those of the training part.</returns>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A line is not as it should be; the message has file and line.</exception>
    public static DatasetParts<TextSet> Read(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        TextSet training = Read(DatasetFolder.Require(folder, TrainingNames), (IReadOnlyList<string>?)null);
        return new(training, Part(_validation), Part(_test));

        TextSet? Part(string[] names) => DatasetFolder.Find(folder, names) is { } path ? Read(path, training.ClassNames) : null;
    }

    /// <summary>Reads one file.</summary>
    /// <param name="path">The file; empty lines are passed over.</param>
    /// <param name="classNames">Names of the classes; null for those in the file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A line is not as it should be; the message has file and line.</exception>
    public static TextSet Read(string path, IReadOnlyList<string>? classNames)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        IReadOnlyList<string> lines = DataFile.Lines(path);
        var (texts, labels, numbers) = (new List<string[]>(), new List<string>(), new List<int>());
        for (int i = 0; i < lines.Count; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0)
            {
                continue;
            }

            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2)
            {
                throw new InvalidDataException($"{path}, line {i + 1}: expected a label and a text, got '{line}'.");
            }

            labels.Add(words[0]);
            texts.Add(words[1..]);
            numbers.Add(i + 1);
        }

        if (texts.Count == 0)
        {
            throw new InvalidDataException($"{path}: expected lines of a label and a text, there is none.");
        }

        classNames ??= Classes(path, labels);
        Dictionary<string, int> index = classNames.Select((n, c) => (n, c)).ToDictionary(p => p.n, p => p.c, StringComparer.Ordinal);
        int[] known = new int[labels.Count];
        for (int i = 0; i < known.Length; i++)
        {
            known[i] = index.TryGetValue(labels[i], out int label)
                ? label
                : throw new InvalidDataException(
                    $"{path}, line {numbers[i]}: expected one of the training part's labels "
                        + $"({string.Join(", ", classNames.Take(10))}{(classNames.Count > 10 ? ", …" : "")}), got '{labels[i]}'.");
        }

        return new TextSet(texts, known, classNames);
    }

    // A text whose first word is no label has about as many of them as lines.
    private static IReadOnlyList<string> Classes(string path, List<string> labels)
    {
        IReadOnlyList<string> classes = ClassList.Of(labels);
        return classes.Count <= ClassList.Most && (labels.Count < 100 || classes.Count <= labels.Count / 2)
            ? classes
            : throw new InvalidDataException(
                $"{path}: expected a label at the start of each line, got {classes.Count} different first words in {labels.Count} lines "
                    + $"('{labels[0]}', '{labels[1]}', …).");
    }
}
