using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Qama.Cim.Emulator;

/// <summary>The newest tokens given out, and how often each was used.</summary>
/// <param name="mostUses">Requests that a token lasts for; null for any number.</param>
internal sealed class Tokens(int? mostUses)
{
    /// <summary>Tokens that are valid at the same time; older ones are forgotten.</summary>
    public const int Remembered = 1000;

    private readonly ConcurrentDictionary<string, int> _uses = new();
    private readonly ConcurrentQueue<string> _order = new();

    /// <summary>A new token.</summary>
    public string Issue()
    {
        string token = "eyJ" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        _uses[token] = 0;
        _order.Enqueue(token);
        while (_order.Count > Remembered && _order.TryDequeue(out string? oldest))
        {
            _uses.TryRemove(oldest, out _);
        }

        return token;
    }

    /// <summary>Whether the header "JWT token" holds one that is valid. One that is not, or that is to be refused, is
    /// forgotten.</summary>
    public bool Accept(string authorization, bool refuse)
    {
        string token = authorization.StartsWith("JWT ", StringComparison.Ordinal) ? authorization[4..] : "";
        while (_uses.TryGetValue(token, out int uses))
        {
            if (uses >= (mostUses ?? int.MaxValue) || refuse)
            {
                _uses.TryRemove(token, out _);
                return false;
            }

            // Only where it is still there: what was forgotten meanwhile does not come back.
            if (_uses.TryUpdate(token, uses + 1, uses))
            {
                return true;
            }
        }

        return false;
    }
}
