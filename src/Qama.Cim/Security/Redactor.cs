using System.Globalization;
using System.Text;

namespace Qama.Cim.Security;

/// <summary>Takes secrets out of text that comes from elsewhere before it reaches a message, a log or the journal.</summary>
/// <remarks>Searched for are the secrets and pieces of them, without regard to case, as they are and in the encodings of
/// <see cref="Encodings"/>. What stands there as it is becomes "***"; a text with an encoded secret is not shown at all.</remarks>
internal sealed class Redactor
{
    private const int LongestText = 400;
    private const int LongestSearched = 8192; // what follows is not shown, and a piece of a secret at the cut is still found
    private const int ShortestSecret = 5;
    private const int Piece = 12;
    private const int KeptTokens = 16;
    private const string Withheld = "(text withheld: it holds a secret in another encoding)";
    private readonly List<Secret> _credentials = [];
    private readonly Queue<Secret> _tokens = [];
    private readonly Lock _gate = new();
    private Secret[] _secrets = [];

    /// <summary>One that knows a pair of credentials.</summary>
    public static Redactor For(CimCredentials credentials)
    {
        var redactor = new Redactor();
        redactor.Add(redactor._credentials.Add, credentials.SdkCode);
        redactor.Add(redactor._credentials.Add, credentials.UserId);
        return redactor;
    }

    /// <summary>Adds a token. The last few stay: an answer to an earlier request may hold one that was replaced meanwhile.</summary>
    public void AddToken(string token) => Add(
        secret =>
        {
            _tokens.Enqueue(secret);
            if (_tokens.Count > KeptTokens)
            {
                _tokens.Dequeue();
            }
        },
        token);

    /// <summary>Whether a text holds a whole secret, encoded or not.</summary>
    public bool Holds(string text) => Array.Exists(Volatile.Read(ref _secrets), secret =>
        secret.IsIn(text) || Encodings.Decoded(text).Any(secret.IsIn));

    /// <summary>Whether a number is a secret: a user's id can be one.</summary>
    public bool IsSecret(double number) => Array.Exists(Volatile.Read(ref _secrets), secret => secret.Number == Math.Abs(number));

    /// <summary>The text without secrets, as one short line.</summary>
    public string Redact(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        Secret[] secrets = Volatile.Read(ref _secrets);
        string searched = text.Length > LongestSearched ? text[..LongestSearched] : text;
        var hidden = new bool[searched.Length];
        foreach (Secret secret in secrets)
        {
            secret.Mark(searched, hidden);
        }

        searched = Mask(searched, hidden);
        foreach (string decoded in Encodings.Decoded(searched))
        {
            if (Array.Exists(secrets, secret => secret.HasPieceIn(decoded)))
            {
                return Withheld;
            }
        }

        return searched.Length > LongestText || text.Length > LongestSearched
            ? searched[..Math.Min(searched.Length, LongestText)] + "…" : searched;
    }

    private void Add(Action<Secret> keep, string secret)
    {
        // What is shorter is found everywhere, and guessed at once.
        if (secret.Length < ShortestSecret)
        {
            return;
        }

        lock (_gate)
        {
            keep(new Secret(secret));
            Volatile.Write(ref _secrets, [.. _credentials, .. _tokens]);
        }
    }

    // Control characters would let a server write lines into logs.
    private static string Mask(string text, bool[] hidden)
    {
        var line = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (!hidden[i])
            {
                line.Append(char.IsControl(text[i]) ? ' ' : text[i]);
            }
            else if (i == 0 || !hidden[i - 1])
            {
                line.Append("***");
            }
        }

        return line.ToString();
    }

    private sealed class Secret
    {
        private readonly string _text;
        private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _pieces;
        private readonly int _length;

        public Secret(string text)
        {
            _text = text;
            _length = Math.Min(text.Length, Piece);
            Number = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) ? number : double.NaN;
            _pieces = new HashSet<string>(
                Enumerable.Range(0, text.Length - _length + 1).Select(i => text.Substring(i, _length)),
                StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
        }

        /// <summary>What it is as a number, or NaN.</summary>
        public double Number { get; }

        public bool IsIn(string text) => text.Contains(_text, StringComparison.OrdinalIgnoreCase);

        public bool HasPieceIn(string text)
        {
            for (int i = 0; i + _length <= text.Length; i++)
            {
                if (_pieces.Contains(text.AsSpan(i, _length)))
                {
                    return true;
                }
            }

            return false;
        }

        public void Mark(string text, bool[] hidden)
        {
            for (int i = 0; i + _length <= text.Length; i++)
            {
                if (_pieces.Contains(text.AsSpan(i, _length)))
                {
                    hidden.AsSpan(i, _length).Fill(true);
                }
            }
        }
    }
}
