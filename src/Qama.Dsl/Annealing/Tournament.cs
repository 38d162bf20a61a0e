namespace Qama.Annealing;

/// <summary>Rounds of pairs in which every two of n players meet once: all but one stand in a circle that turns by one
/// place per round, and opposite places meet. With an odd number one player rests in every round.</summary>
internal static class Tournament
{
    /// <summary>Rounds until every two have met; n must be 2 or more.</summary>
    public static int Rounds(int players) => players - 1 + (players & 1);

    /// <summary>Pairs in a round; each player is in at most one.</summary>
    public static int Games(int players) => players / 2;

    /// <summary>Two different players.</summary>
    /// <param name="players">Their number n.</param>
    /// <param name="round">Not negative; periodic in <see cref="Rounds"/>.</param>
    /// <param name="game">0 to <see cref="Games"/> − 1.</param>
    public static (int First, int Second) Pair(int players, int round, int game)
    {
        int circle = Rounds(players);
        int turn = round % circle;
        int place = game + (players & 1); // the last of an even number stands outside, opposite to place 0
        int first = place == 0 ? circle : (turn + place) % circle;
        return (first, (turn + circle - place) % circle);
    }
}
