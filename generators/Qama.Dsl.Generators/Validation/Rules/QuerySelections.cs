using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Qama.Generators.Contract;
using Qama.Generators.Energy;
using Qama.Generators.Model;
using Qama.Generators.Model.Terms;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>Selections per query: sizes, what queries see, and what contradicts a selection of their own.</summary>
internal static class QuerySelections
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification) =>
        declaration.IsBroken ? [] : Keys(declaration, specification).Concat(
            specification.Select.Scope == SelectionScope.Query ? OfQueries(declaration, specification) : []);

    private static IEnumerable<Finding> Keys(ModelDeclaration declaration, ModelSpecification specification)
    {
        DeclaredAttribute root = declaration.Find(WellKnownNames.QuboAttention)!;
        if (root.Find("KeyTokens") is null)
        {
            yield break;
        }

        string number = Text.Number(specification.KeyTokens);
        if (specification.KeyTokens is < 1 or > Limits.Tokens)
        {
            yield return Descriptors.QuerySizeOutOfRange.At(
                root, "KeyTokens", "KeyTokens", Text.Number(Limits.Tokens), "as Tokens is", number);
        }
        else if (specification.Select.Scope != SelectionScope.Query)
        {
            yield return Descriptors.KeysWithoutQueries.At(
                    root, "KeyTokens", number, specification.Select.Scope == SelectionScope.Causal ? "block" : "head")
                .OrRemove(root, "KeyTokens");
        }
    }

    private static IEnumerable<Finding> OfQueries(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (!declaration.HasSizes(specification) || specification.Keys is < 1 or > Limits.Tokens)
        {
            yield break;
        }

        if (OutOfRange(declaration, specification) is { } finding)
        {
            yield return finding;
            yield break;
        }

        foreach (Finding contradiction in TwoSequences(declaration, specification).Concat(Statistics(declaration, specification)))
        {
            yield return contradiction;
        }

        if (specification.Readout == ReadoutKind.EntropyShare)
        {
            yield return Descriptors.ReadoutPerQuery.At(PlaceOf(declaration, specification.ReadoutOptions.Origin), "EntropyShare");
        }

        MaskPart mask = specification.Mask;
        bool isSized = mask.Pattern is MaskPattern.All or MaskPattern.Causal || mask.Size >= 1;
        if (mask.Pattern == MaskPattern.Window && specification.Grid is not null)
        {
            yield return Descriptors.WindowOnGrid.At(PlaceOf(declaration, mask.Origin));
        }
        else if (isSized && Enum.IsDefined(typeof(MaskPattern), mask.Pattern) && !specification.HasOwnKeys)
        {
            foreach (Finding candidate in Candidates(declaration, specification))
            {
                yield return candidate;
            }
        }
    }

    private static Finding? OutOfRange(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (declaration.Find(WellKnownNames.Select) is not { } select)
        {
            return null;
        }

        (string Argument, int Value, int Largest, string What)[] sizes =
        [
            ("QueryBlock", specification.Select.QueryBlock, specification.Tokens, "the number of tokens"),
            ("Unit", specification.Select.Unit, specification.Keys, "the number of keys"),
        ];
        (string argument, int value, int largest, string what) = sizes.FirstOrDefault(s => s.Value < 1 || s.Value > s.Largest);
        return argument is null ? null : Descriptors.QuerySizeOutOfRange.At(
            select, argument, argument, Text.Number(largest), what, Text.Number(value));
    }

    private static IEnumerable<Finding> TwoSequences(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (!specification.HasOwnKeys)
        {
            yield break;
        }

        if (specification.Mask.Pattern != MaskPattern.All)
        {
            yield return Descriptors.PositionsOfTwoSequences.At(PlaceOf(declaration, specification.Mask.Origin), "[Mask]");
        }

        if (specification.Grid is { } grid)
        {
            yield return Descriptors.PositionsOfTwoSequences.At(PlaceOf(declaration, grid.Origin), "[Grid]");
        }

        for (int t = 0; t < declaration.Terms.Count; t++)
        {
            DeclaredTerm term = declaration.Terms[t];
            if (term is { Kind: TermKind.Coupling, IsSound: true } && term.Inputs.Any(i => IsPosition(i.Source)))
            {
                yield return Descriptors.PositionsOfTwoSequences.At(new Locator(term.Attribute.Ordinal, Term: t), "The term " + term.Name);
            }
        }
    }

    private static bool IsPosition(TermSource source) => source is not (TermSource.Query or TermSource.Key or TermSource.Value
        or TermSource.Head or TermSource.Learnable);

    /// <summary>Behind a causal mask no statistics of a whole sample.</summary>
    private static IEnumerable<Finding> Statistics(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (specification.Mask.Pattern != MaskPattern.Causal)
        {
            yield break;
        }

        (string Attribute, bool Normalises, PartOrigin Origin)[] parts =
        [
            (WellKnownNames.Coupling, specification.HasCoupling && specification.Coupling.Normalize == Normalization.Batch, specification.Coupling.Origin),
            (WellKnownNames.Field, specification.HasField && specification.Field.Normalize == Normalization.Batch, specification.Field.Origin),
            (WellKnownNames.Readout, specification.NormalizesOutput && specification.Readout != ReadoutKind.EntropyShare, specification.ReadoutOptions.Origin),
        ];
        foreach ((string attribute, _, PartOrigin origin) in parts.Where(p => p.Normalises))
        {
            yield return declaration.Find(attribute) is { } written
                ? Descriptors.StatisticsOfLaterTokens.At(written, "Normalize", attribute).OrRemove(written, "Normalize")
                : Descriptors.StatisticsOfLaterTokens.At(PlaceOf(declaration, origin), attribute);
        }
    }

    /// <summary>What the problems of a sample can hold.</summary>
    private static IEnumerable<Finding> Candidates(ModelDeclaration declaration, ModelSpecification specification)
    {
        QueryShape shape = specification.Queries;
        int[] counts = [.. Enumerable.Range(0, shape.Problems).Select(c => shape.UnitsOf(c) is var (first, end) ? end - first : 0)];

        // The first queries behind a causal mask have nothing before them.
        int empty = specification.Mask.Pattern == MaskPattern.Causal
            ? counts.All(c => c == 0) ? counts.Length - 1 : -1
            : Array.IndexOf(counts, 0);
        if (empty >= 0)
        {
            (int first, int end) = shape.QueriesOf(empty);
            yield return Descriptors.NothingForQueries.At(
                declaration.Find(WellKnownNames.Select) is { } select ? new Locator(select.Ordinal) : declaration.Root(),
                Text.Number(first), Text.Number(end - 1), shape.Unit == 1 ? "1 key" : Text.Number(shape.Unit) + " keys");
            yield break;
        }

        if (declaration.Find(WellKnownNames.Mask) is { } mask && specification.Mask.Pattern is (MaskPattern.Window or MaskPattern.Block)
            && Enumerable.Range(0, shape.Queries).All(i => shape.KeysSeenBy(i) == (0, shape.Keys)))
        {
            yield return Descriptors.IdleMask.At(mask, "Size").OrRemove(mask);
        }

        foreach (SparsityPart part in specification.Sparsity.Where(p => p.Bound != ConstraintKind.AtMost))
        {
            int few = counts.Count(c => c < part.Count);
            if (few > 0 && part.Count <= shape.Candidates && declaration.Of(part.Origin) is { } sparsity)
            {
                yield return Descriptors.BoundOfFewCandidates.At(
                    sparsity, part.Bound.ToString(), part.Bound.ToString(), Text.Number(part.Count), Text.Number(few),
                    Text.Number(counts.Length));
            }
        }
    }

    private static Locator PlaceOf(ModelDeclaration declaration, PartOrigin origin) =>
        declaration.Of(origin) is { } attribute ? new Locator(attribute.Ordinal) : declaration.Root();
}
