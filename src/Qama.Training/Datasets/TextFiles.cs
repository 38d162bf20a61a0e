namespace Qama.Training.Datasets;

/// <summary>Labelled texts, one a line: a label (a number or a word), white space or a tab, then words between white space.</summary>
public static class TextFiles
{
    private const int FewLines = 100; // of so few, any first words are labels
    private const int FewClasses = 100; // so few may each occur once
    private const int OnceShare = 4; // of more classes, at most one in four may

    internal static readonly string[] TrainingNames = ["train.txt", "train.tsv"];

    private static readonly string[] _validation = ["dev.txt", "valid.txt", "dev.tsv", "valid.tsv"];
    private static readonly string[] _test = ["test.txt", "test.tsv"];

    /// <summary>Reads a folder with <c>train.txt</c> and, where they are there, <c>dev.txt</c> or <c>valid.txt</c>, and <c>test.txt</c>;
    /// each may be compressed (<c>.gz</c>) or end in <c>.tsv</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The texts, in the order of the files; the classes are those of the training part.</returns>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A line is not as it should be, the message has file and line; or the first words are no labels:
    /// of 100 lines or more, more than half have different ones; or there are more than 100 different ones, and more than a quarter of
    /// them occur once.</exception>
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
    /// <exception cref="InvalidDataException">A line is not as it should be, the message has file and line; or the first words are no labels:
    /// of 100 lines or more, more than half have different ones; or there are more than 100 different ones, and more than a quarter of
    /// them occur once.</exception>
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

    // Of the first words of texts without labels many occur once, as of words at all (Zipf); labels, of which there are few, do not.
    private static IReadOnlyList<string> Classes(string path, List<string> labels)
    {
        IReadOnlyList<string> classes = ClassList.Of(labels);
        int once = labels.CountBy(l => l, StringComparer.Ordinal).Count(l => l.Value == 1);
        bool repeated = labels.Count < FewLines || classes.Count <= labels.Count / 2;
        return repeated && classes.Count <= ClassList.Most && (classes.Count <= FewClasses || once * OnceShare <= classes.Count)
            ? classes
            : throw new InvalidDataException(
                $"{path}: expected a label at the start of each line, got {classes.Count} different first words in {labels.Count} lines, "
                    + $"{once} of them once ('{labels[0]}', '{labels[1]}', …): put a label and white space before each text.");
    }
}
