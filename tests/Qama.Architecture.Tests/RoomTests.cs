using System.Text.RegularExpressions;
using NetArchTest.Rules;

namespace Qama.Architecture.Tests;

/// <summary>Folders are rooms in one direction: a room knows those above it in its assembly's list, none below.</summary>
public sealed class RoomTests
{
    public static TheoryData<string> Assemblies => [.. Houses.All.Keys];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void No_room_knows_one_below_it(string assembly)
    {
        House house = Houses.All[assembly];
        var found = new List<string>();
        for (int i = 0; i + 1 < house.Rooms.Length; i++)
        {
            string[] below = [.. house.Rooms[(i + 1)..].SelectMany(room => Names(house, room))];
            found.AddRange(Types.InAssembly(house.Assembly)
                .That().ResideInNamespaceMatching(Pattern(house, house.Rooms[i]))
                .ShouldNot().HaveDependencyOnAny(below)
                .GetResult().FailingTypes.Select(type => $"{type.FullName}: {type.Explanation}"));
        }

        Assert.True(found.Count == 0, string.Join("\n", found));
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Every_type_is_in_a_room(string assembly)
    {
        House house = Houses.All[assembly];
        Assert.Empty(house.Assembly.GetTypes()
            .Where(type => type.Namespace is { } name && name.StartsWith(house.Root, StringComparison.Ordinal)
                && name != "Qama.Files" // shared source
                && !house.Rooms.Any(room => Regex.IsMatch(name, Pattern(house, room))))
            .Select(type => type.FullName));
    }

    private static string Pattern(House house, string room) =>
        room.Length == 0 ? $"^{Regex.Escape(house.Root)}$" : $@"^{Regex.Escape(house.Root)}\.{room}(\.|$)";

    // A namespace is given with all below it: of the root, which has all below it, the types.
    private static IEnumerable<string> Names(House house, string room) => room.Length > 0
        ? [$"{house.Root}.{room}"]
        : house.Assembly.GetTypes().Where(t => t.Namespace == house.Root && !t.IsNested).Select(t => t.FullName!);
}
